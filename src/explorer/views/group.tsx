/** The page of a group: its members with their policy state, who joined and left, and similar groups. */
import { Alert, Text } from '@mantine/core'
import { ExportButton } from '../csv/export.tsx'
import { ChangesDocument, GroupDocument, GroupOverlapsDocument, type GroupQuery } from '../data/generated/graphql.ts'
import { send } from '../data/request.ts'
import { useRead } from '../data/use-data.ts'
import { AppLink, useAddress } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { LinkButton, PageTitle } from '../shell/shell.tsx'
import { PolicyBadge, StatusBadge } from '../ui/badges.tsx'
import { ChangeItem } from '../ui/change-text.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Pager, pageArguments } from '../ui/pager.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'
import { exactTime, Time } from '../ui/time.tsx'
import { counted } from '../ui/words.ts'

type GroupData = Extract<NonNullable<GroupQuery['node']>, { __typename: 'Group' }>
type Row = GroupData['members']['edges'][number]

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    label: 'Name',
    cell: ({ node }) => (
      <>
        <AppLink to={`/users/${encodeURIComponent(node.id)}`}>{node.displayName}</AppLink>
        <Text size="xs" c="dimmed" className="break">
          {node.primaryEmail}
        </Text>
      </>
    ),
  },
  { key: 'status', label: 'Status', cell: ({ node }) => <StatusBadge status={node.status} /> },
  {
    key: 'policy',
    label: 'Policy',
    cell: ({ policyState, policyEffectiveBy }) => <PolicyBadge state={policyState} by={policyEffectiveBy} />,
  },
  { key: 'since', label: 'First seen', cell: ({ firstSeenAt }) => <Time value={firstSeenAt} /> },
]

export function GroupView({ id }: { id: string }) {
  const { parameters } = useAddress()
  const { token, asOf } = useSession()
  const read = useRead(GroupDocument, { id, ...pageArguments(parameters) })
  const rows = async () => {
    const all: Row[] = []
    let after: string | null = null
    do {
      const { node }: GroupQuery = await send(GroupDocument, { id, first: 500, after }, { token, asOf })
      if (node?.__typename !== 'Group') break
      all.push(...node.members.edges)
      after = node.members.pageInfo.hasNextPage ? node.members.pageInfo.endCursor : null
    } while (after !== null)
    return all.map(({ node, policyState, policyEffectiveBy, firstSeenAt }) => ({
      name: node.displayName,
      'primary address': node.primaryEmail,
      status: node.status ?? 'unknown',
      policy: policyState,
      'policy effective by': policyEffectiveBy,
      'first seen': firstSeenAt,
    }))
  }
  return (
    <Ready
      read={read}
      pick={({ node }) => (node?.__typename === 'Group' ? node : null)}
      missing="There is no group with this id at this moment."
      rows={10}
    >
      {(group) => (
        <>
          <PageTitle actions={<LinkButton to={`/graph?of=${encodeURIComponent(id)}`}>Show in graph</LinkButton>}>
            {group.name}
          </PageTitle>
          {group.deletedAt && (
            <Alert color="red" title="This group has been deleted" mb="md">
              The mirror observed the deletion on {exactTime(group.deletedAt)}.
            </Alert>
          )}
          <Text size="sm" c="dimmed" mb="md">
            {group.groupId} · {counted(group.members.totalCount, 'member')} in the mirror,{' '}
            {group.memberCount ?? 'an unknown number'} by the vendor
          </Text>
          <div className="columns">
            <Panel title="Members" query={read.query} actions={<ExportButton name="members.csv" rows={rows} />}>
              {group.members.totalCount === 0 ? (
                <Empty>
                  {group.deletedAt ? 'Memberships were removed with the group.' : 'The mirror knows no member.'}
                </Empty>
              ) : (
                <>
                  <DataTable
                    label="Members"
                    rows={group.members.edges}
                    keyOf={({ node }) => node.id}
                    columns={columns}
                  />
                  <Pager
                    pageInfo={group.members.pageInfo}
                    total={group.members.totalCount}
                    shown={group.members.edges.length}
                  />
                </>
              )}
            </Panel>
            <div className="stack">
              <GroupHistory id={id} />
              <Overlaps id={id} />
            </div>
          </div>
        </>
      )}
    </Ready>
  )
}

function GroupHistory({ id }: { id: string }) {
  const read = useRead(ChangesDocument, { about: id, last: 30, baseline: false })
  return (
    <Panel
      title="Joined and left"
      query={read.query}
      actions={<LinkButton to={`/changes?about=${encodeURIComponent(id)}`}>All changes</LinkButton>}
    >
      <Ready read={read} pick={(data) => data.changes}>
        {({ nodes }) => (
          <>
            {nodes.length === 0 && <Empty>No one has joined or left since the first pull.</Empty>}
            <ul className="timeline">
              {nodes.toReversed().map((change) => (
                <ChangeItem key={change.id} change={change} />
              ))}
            </ul>
          </>
        )}
      </Ready>
    </Panel>
  )
}

function Overlaps({ id }: { id: string }) {
  const read = useRead(GroupOverlapsDocument, { id })
  return (
    <Panel title="Groups with the same members" query={read.query}>
      <Ready read={read} pick={({ node }) => (node?.__typename === 'Group' ? node.overlaps : null)}>
        {(overlaps) => (
          <>
            {overlaps.length === 0 && <Empty>No other group shares a member.</Empty>}
            <ul className="timeline">
              {overlaps.map(({ group, shared, jaccard }) => (
                <li key={group.id}>
                  <AppLink to={`/groups/${encodeURIComponent(group.id)}`}>{group.name}</AppLink>: {shared} shared (
                  {Math.round(jaccard * 100)} % of both)
                </li>
              ))}
            </ul>
          </>
        )}
      </Ready>
    </Panel>
  )
}
