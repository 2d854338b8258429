/** The page of a user: everything that the mirror has, and how fresh it is. */
import { Alert, Group, List, Text } from '@mantine/core'
import { PersonDocument } from '../../data/generated/graphql.ts'
import { useRead } from '../../data/use-data.ts'
import { AppLink } from '../../session/links.tsx'
import { LinkButton, PageTitle } from '../../shell/shell.tsx'
import { PolicyBadge, RoleBadge } from '../../ui/badges.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Ready, Unknown } from '../../ui/states.tsx'
import { exactTime, Time } from '../../ui/time.tsx'
import { PersonActions } from './actions.tsx'
import { Facts, type PersonData } from './facts.tsx'
import { History } from './history.tsx'
import { Related } from './related.tsx'

type Membership = NonNullable<PersonData['groups']>['edges'][number]

const groupColumns: readonly Column<Membership>[] = [
  {
    key: 'name',
    label: 'Group',
    cell: ({ node }) => <AppLink to={`/groups/${encodeURIComponent(node.id)}`}>{node.name}</AppLink>,
  },
  {
    key: 'policy',
    label: 'Policy',
    cell: ({ policyState, policyEffectiveBy }) => <PolicyBadge state={policyState} by={policyEffectiveBy} />,
  },
  { key: 'since', label: 'First seen', cell: ({ firstSeenAt }) => <Time value={firstSeenAt} /> },
  { key: 'members', label: 'Members', cell: ({ node }) => node.memberCount ?? 'unknown' },
]

export function PersonView({ id }: { id: string }) {
  const read = useRead(PersonDocument, { id })
  return (
    <Ready
      read={read}
      pick={({ node }) => (node?.__typename === 'User' ? node : null)}
      missing="There is no user with this id at this moment."
      rows={10}
    >
      {(person) => <Person person={person} query={read.query} />}
    </Ready>
  )
}

function Person({ person, query }: { person: PersonData; query: { text: string; variables: object } }) {
  const { id, displayName, deletedAt, roles, aliases, groups } = person
  return (
    <>
      <PageTitle
        actions={
          <>
            <LinkButton to={`/graph?of=${encodeURIComponent(id)}`}>Show in graph</LinkButton>
            {!deletedAt && <PersonActions person={person} />}
          </>
        }
      >
        {displayName}
      </PageTitle>
      {deletedAt && (
        <Alert color="red" title="This account has been deleted" mb="md">
          The mirror observed the deletion <Time value={deletedAt} /> ({exactTime(deletedAt)}). The values are the last
          ones.
        </Alert>
      )}
      <div className="columns">
        <div className="stack">
          <Panel title="Account" query={query}>
            <Facts person={person} />
          </Panel>
          <Panel title="Roles" query={query}>
            {roles === null && <Unknown what="the roles have" />}
            {roles?.length === 0 && <Empty>No roles.</Empty>}
            <Group gap="xs">
              {roles?.map((role) => (
                <AppLink key={role.id} to={`/users?${new URLSearchParams({ role: role.name })}`}>
                  <RoleBadge name={role.name} privileged={role.privileged} />
                </AppLink>
              ))}
            </Group>
          </Panel>
          <Panel title="Aliases" query={query}>
            {aliases === null && <Unknown what="the aliases have" />}
            {aliases?.length === 0 && <Empty>No aliases.</Empty>}
            {aliases && aliases.length > 0 && (
              <List size="sm">
                {aliases.map(({ id, address, firstSeenAt }) => (
                  <List.Item key={id}>
                    {address}{' '}
                    <Text span size="xs" c="dimmed">
                      first seen <Time value={firstSeenAt} />
                    </Text>
                  </List.Item>
                ))}
              </List>
            )}
          </Panel>
          <Panel title="Groups" query={query}>
            {groups === null && <Unknown what="the groups have" />}
            {groups?.totalCount === 0 && <Empty>In no group.</Empty>}
            {groups && groups.totalCount > 0 && (
              <DataTable label="Groups" rows={groups.edges} keyOf={({ node }) => node.id} columns={groupColumns} />
            )}
            {groups && groups.totalCount > groups.edges.length && (
              <Empty>{`${groups.totalCount - groups.edges.length} more groups are not shown.`}</Empty>
            )}
          </Panel>
        </div>
        <div className="stack">
          {!deletedAt && <Related id={id} />}
          <History id={id} />
          <EarlierAccounts person={person} query={query} />
        </div>
      </div>
    </>
  )
}

function EarlierAccounts({ person, query }: { person: PersonData; query: { text: string; variables: object } }) {
  const { previousLives } = person
  return (
    <Panel title="Earlier accounts" query={query}>
      {previousLives.length === 0 && <Empty>No earlier account had this primary address.</Empty>}
      <List size="sm">
        {previousLives.map(({ id, displayName, deletedAt }) => (
          <List.Item key={id}>
            <AppLink to={`/users/${encodeURIComponent(id)}`}>{displayName}</AppLink>, deleted <Time value={deletedAt} />
          </List.Item>
        ))}
      </List>
    </Panel>
  )
}
