/** One operation: its progress, its items, and what can be done about failures. */
import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import {
  CancelOperationDocument,
  OperationDocument,
  type OperationQuery,
  RetryOperationDocument,
} from '../data/generated/graphql.ts'
import { useRead, useWrite } from '../data/use-data.ts'
import { AppLink } from '../session/links.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { StateBadge } from '../ui/badges.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { Failed, Ready } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { operationKinds } from './operations.tsx'

type OperationData = NonNullable<OperationQuery['operation']>
type Item = OperationData['items']['nodes'][number]

const columns: readonly Column<Item>[] = [
  {
    key: 'address',
    label: 'Address',
    cell: ({ primaryEmail, user }) =>
      user ? <AppLink to={`/users/${encodeURIComponent(user.id)}`}>{primaryEmail}</AppLink> : primaryEmail,
  },
  { key: 'state', label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { key: 'steps', label: 'Completed steps', cell: ({ steps }) => steps.join(', ') || '–' },
  { key: 'failure', label: 'Failure', cell: ({ failure }) => failure?.message ?? '–' },
]

export function OperationView({ id }: { id: string }) {
  const read = useRead(OperationDocument, { id }, { now: true, refetchMs: 2_000 })
  return (
    <>
      <PageTitle>Operation</PageTitle>
      <Ready read={read} pick={(data) => data.operation} missing="There is no operation with this id." rows={8}>
        {(operation) => (
          <Stack>
            <Panel title={operationKinds[operation.kind] ?? operation.kind} query={read.query}>
              <State operation={operation} />
            </Panel>
            <Panel title="Users of this operation" query={read.query}>
              <DataTable
                label="Users of this operation"
                rows={operation.items.nodes}
                keyOf={({ primaryEmail }) => primaryEmail}
                columns={columns}
              />
              {operation.items.totalCount > operation.items.nodes.length && (
                <Text size="sm" c="dimmed">
                  The first {operation.items.nodes.length} of {operation.items.totalCount} are shown.
                </Text>
              )}
            </Panel>
          </Stack>
        )}
      </Ready>
    </>
  )
}

function State({ operation }: { operation: OperationData }) {
  const { id, state, total, done, failed, createdAt, createdBy, finishedAt, estimatedFinishAt } = operation
  const cancel = useWrite(CancelOperationDocument)
  const retry = useWrite(RetryOperationDocument)
  const error = cancel.error ?? retry.error
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <StateBadge state={state} />
        <Text size="sm" role="status">
          {done} of {total} succeeded, {failed} failed
        </Text>
      </Group>
      <Progress value={total > 0 ? (100 * (done + failed)) / total : 0} aria-label="Progress of the operation" />
      <Text size="sm" c="dimmed">
        Requested <Time value={createdAt} /> by {createdBy}.{' '}
        {finishedAt ? (
          <>
            Finished <Time value={finishedAt} />.
          </>
        ) : (
          <>
            Can finish <Time value={estimatedFinishAt} /> at the earliest.
          </>
        )}
      </Text>
      {error && <Failed error={error} />}
      <Group gap="xs">
        {!finishedAt && (
          <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id })}>
            Cancel what has not started
          </Button>
        )}
        {failed > 0 && finishedAt && (
          <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate({ id })}>
            Retry the failed users
          </Button>
        )}
      </Group>
    </Stack>
  )
}
