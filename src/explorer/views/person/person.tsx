/** The page of a user: everything that the mirror has, and how fresh it is. */
import { Alert, Group, List, Text } from '@mantine/core'
import { PersonDocument } from '../../data/generated/graphql.ts'
import { type ShownQuery, useRead } from '../../data/use-data.ts'
import { AppLink } from '../../session/links.tsx'
import { LinkButton, PageTitle } from '../../shell/shell.tsx'
import { PolicyBadge, RoleBadge } from '../../ui/badges.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Loading, Ready, Unknown } from '../../ui/states.tsx'
import { exactTime, Time } from '../../ui/time.tsx'
import { counted } from '../../ui/words.ts'
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

function Person({ person, query }: { person: PersonData; query: ShownQuery }) {
  const { id, displayName, deletedAt } = person
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
          The mirror observed the deletion <Time value={deletedAt} /> ({exactTime(deletedAt)}). Its values, roles,
          aliases and groups are the last ones.
        </Alert>
      )}
      <div className="columns">
        <div className="stack">
          <Panel title="Account" query={query}>
            <Facts person={person} />
          </Panel>
          <Relations person={person} query={query} />
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

/** Roles, aliases and groups. They end with the account: of a deleted one, those of the moment before are shown. */
function Relations({ person, query }: { person: PersonData; query: ShownQuery }) {
  const { id, deletedAt } = person
  const last = useRead(PersonDocument, { id }, { enabled: deletedAt !== null, at: lastMomentOf(deletedAt) })
  if (deletedAt === null) return <RelationPanels person={person} query={query} />
  const node = last.stale ? undefined : last.data?.node
  if (node?.__typename === 'User') return <RelationPanels person={node} query={last.query} ended />
  return ['Roles', 'Aliases', 'Groups'].map((title) => (
    <Panel key={title} title={title} query={query}>
      {last.error || node === null ? <Empty>Removed with the account.</Empty> : <Loading rows={1} />}
    </Panel>
  ))
}

/** The last millisecond in which the account existed. */
function lastMomentOf(deletedAt: string | null): string | undefined {
  return deletedAt === null ? undefined : new Date(Date.parse(deletedAt) - 1).toISOString()
}

interface RelationPanelsProps {
  person: PersonData
  query: ShownQuery
  /** The relations have ended. */
  ended?: boolean
}

function RelationPanels({ person: { roles, aliases, groups }, query, ended = false }: RelationPanelsProps) {
  const columns = ended ? groupColumns.filter(({ key }) => key !== 'policy') : groupColumns
  return (
    <>
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
          <DataTable label="Groups" rows={groups.edges} keyOf={({ node }) => node.id} columns={columns} />
        )}
        {groups && groups.totalCount > groups.edges.length && (
          <Empty>{`${counted(groups.totalCount - groups.edges.length, 'more group is', 'more groups are')} not shown.`}</Empty>
        )}
      </Panel>
    </>
  )
}

function EarlierAccounts({ person, query }: { person: PersonData; query: ShownQuery }) {
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
