/** The mirror's state, its pulls, and the operations with their progress. */
import { Stack } from '@mantine/core'
import {
  MirrorStateDocument,
  type MirrorStateQuery,
  OperationsDocument,
  type OperationsQuery,
} from '../data/generated/graphql.ts'
import { useRead } from '../data/use-data.ts'
import { AppLink } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { LinkButton, PageTitle } from '../shell/shell.tsx'
import { StateBadge } from '../ui/badges.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { MirrorPanel } from './mirror-panel.tsx'

type Pull = NonNullable<MirrorStateQuery['organization']>['mirror']['pulls']['nodes'][number]
type Row = NonNullable<OperationsQuery['operations']>['nodes'][number]

export const operationKinds = {
  ONBOARDING: 'Onboarding',
  DEPROVISIONING: 'Deprovisioning',
  EMAIL_CHANGE: 'Email change',
} as const

const pullColumns: readonly Column<Pull>[] = [
  { key: 'started', label: 'Started', cell: ({ startedAt }) => <Time value={startedAt} /> },
  { key: 'state', label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { key: 'seen', label: 'Users', cell: ({ usersSeen }) => usersSeen.toLocaleString('en') },
  {
    key: 'found',
    label: 'Created / updated / deleted',
    cell: ({ created, updated, deleted }) => `${created} / ${updated} / ${deleted}`,
  },
  { key: 'requests', label: 'Requests', cell: ({ requests, retries }) => `${requests} (${retries} retries)` },
  { key: 'error', label: 'Error', cell: ({ error }) => error ?? '–' },
]

const columns: readonly Column<Row>[] = [
  {
    key: 'kind',
    label: 'Operation',
    cell: ({ id, kind }) => (
      <AppLink to={`/operations/${encodeURIComponent(id)}`}>{operationKinds[kind] ?? kind}</AppLink>
    ),
  },
  { key: 'state', label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    key: 'done',
    label: 'Succeeded / failed / total',
    cell: ({ done, failed, total }) => `${done} / ${failed} / ${total}`,
  },
  { key: 'created', label: 'Requested', cell: ({ createdAt }) => <Time value={createdAt} /> },
  { key: 'by', label: 'By', cell: ({ createdBy }) => createdBy },
  { key: 'finished', label: 'Finished', cell: ({ finishedAt }) => <Time value={finishedAt} missing="not yet" /> },
]

export function OperationsView() {
  const { mayWrite, asOf } = useSession()
  const mirror = useRead(MirrorStateDocument, {}, { now: true, refetchMs: 5_000 })
  return (
    <>
      <PageTitle
        actions={
          mayWrite && !asOf ? (
            <>
              <LinkButton to="/write/onboarding">Onboard users</LinkButton>
              <LinkButton to="/write/deprovisioning">Deprovision users</LinkButton>
            </>
          ) : undefined
        }
      >
        Operations
      </PageTitle>
      {asOf && <Empty>The mirror’s state and operations have no past: these are the current ones.</Empty>}
      <Stack>
        {mayWrite === false ? (
          <Panel title="Operations">
            <Empty>Your token lacks the scope write, which is needed to see and start operations.</Empty>
          </Panel>
        ) : (
          <OperationList />
        )}
        <MirrorPanel read={mirror} />
        <Panel title="Pulls" query={mirror.query}>
          <Ready read={mirror} pick={(data) => data.organization?.mirror.pulls.nodes}>
            {(pulls) =>
              pulls.length === 0 ? (
                <Empty>No pull has started yet.</Empty>
              ) : (
                <DataTable label="Pulls" rows={pulls} keyOf={({ id }) => id} columns={pullColumns} />
              )
            }
          </Ready>
        </Panel>
      </Stack>
    </>
  )
}

function OperationList() {
  const read = useRead(OperationsDocument, { first: 50 }, { now: true, refetchMs: 5_000 })
  return (
    <Panel title="Latest operations" query={read.query}>
      <Ready read={read} pick={(data) => data.operations}>
        {({ nodes }) =>
          nodes.length === 0 ? (
            <Empty>No operation has been started yet.</Empty>
          ) : (
            <DataTable label="Operations" rows={nodes} keyOf={({ id }) => id} columns={columns} />
          )
        }
      </Ready>
    </Panel>
  )
}
