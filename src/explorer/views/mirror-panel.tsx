/** The state of the mirror: how fresh it is, the running pull, the request allowance, and a quarantine. */
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import {
  type MirrorStateQuery,
  type PullFieldsFragment,
  PullProgressDocument,
  ResolveQuarantineDocument,
  StartPullDocument,
} from '../data/generated/graphql.ts'
import { type Read, useStream, useWrite } from '../data/use-data.ts'
import { useMayAdminister, useSession } from '../session/session.tsx'
import { StateBadge } from '../ui/badges.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Panel } from '../ui/panel.tsx'
import { Failed, Ready } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

type Organization = NonNullable<MirrorStateQuery['organization']>

export function MirrorPanel({ read }: { read: Read<MirrorStateQuery> }) {
  const start = useWrite(StartPullDocument)
  const { asOf } = useSession()
  return (
    <Panel
      title="Mirror"
      query={read.query}
      actions={
        !asOf && (
          <Button size="xs" variant="default" loading={start.isPending} onClick={() => start.mutate({})}>
            Start a pull
          </Button>
        )
      }
    >
      {start.error && <Failed error={start.error} />}
      <Ready read={read} pick={(data) => data.organization} rows={6}>
        {(organization) => <State organization={organization} />}
      </Ready>
    </Panel>
  )
}

function State({ organization: { mirror, budget } }: { organization: Organization }) {
  const pull = useLatestPull() ?? mirror.currentPull
  const quarantined = mirror.pulls.nodes.find(({ state }) => state === 'QUARANTINED')
  const share = budget.limit > 0 ? (100 * budget.used) / budget.limit : 0
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <StateBadge state={mirror.state} />
        <Text size="sm">
          Complete as of <Time value={mirror.completeAsOf} missing="no completed pull yet" />;{' '}
          {mirror.pausedAt ? 'paused since ' : 'next pull '}
          <Time value={mirror.pausedAt ?? mirror.nextPullAt} missing="not scheduled" />
        </Text>
      </Group>
      {mirror.problem && (
        <Alert color="orange" title="The mirror is not up to date">
          {mirror.problem}
        </Alert>
      )}
      {quarantined && <Quarantine pull={quarantined} />}
      {mirror.usersWithoutRelations > 0 && (
        <Text size="sm">
          The roles, aliases or groups of {mirror.usersWithoutRelations.toLocaleString('en')} users have not been read
          yet. They are shown as unknown.
        </Text>
      )}
      {pull?.state === 'RUNNING' && (
        <div>
          <Text size="sm">
            A pull is running: {pull.usersSeen.toLocaleString('en')} of{' '}
            {pull.usersExpected?.toLocaleString('en') ?? 'an unknown number of'} users, {pull.requests} requests
          </Text>
          <Progress value={pull.progress * 100} aria-label="Progress of the pull" mt={4} />
        </div>
      )}
      <div>
        <Text size="sm">
          Request allowance: {budget.used} of {budget.limit} used in {budget.windowSeconds} s, {budget.remaining}{' '}
          available, {budget.reservedForWrites} reserved for writes
          {budget.pausedUntil && (
            <>
              ; paused until <Time value={budget.pausedUntil} />
            </>
          )}
        </Text>
        <Progress value={share} color={share > 90 ? 'orange' : 'teal'} aria-label="Used request allowance" mt={4} />
      </div>
    </Stack>
  )
}

/** The latest pull, as the stream reports it. */
function useLatestPull(): PullFieldsFragment | undefined {
  const [pull, setPull] = useState<PullFieldsFragment>()
  useStream(PullProgressDocument, {}, (event) => setPull(event.pull))
  return pull
}

function Quarantine({ pull }: { pull: PullFieldsFragment }) {
  const resolve = useWrite(ResolveQuarantineDocument)
  const [accept, setAccept] = useState<boolean>()
  const mayAdmin = useMayAdminister()
  return (
    <Alert color="orange" title="Deletions await a decision">
      <Text size="sm" mb="xs">
        {pull.error ?? 'The last pull would delete many users or groups.'}
      </Text>
      {resolve.error && <Failed error={resolve.error} />}
      {mayAdmin === false && <Text size="sm">A token with the scope admin can accept or reject them.</Text>}
      {mayAdmin && (
        <Group gap="xs">
          <Button size="xs" color="red" onClick={() => setAccept(true)}>
            Accept the deletions
          </Button>
          <Button size="xs" variant="default" onClick={() => setAccept(false)}>
            Reject them
          </Button>
        </Group>
      )}
      {accept !== undefined && (
        <Confirm
          title={accept ? 'Accept the deletions' : 'Reject the deletions'}
          word={accept ? 'accept' : 'reject'}
          action={accept ? 'Accept' : 'Reject'}
          close={() => setAccept(undefined)}
          confirm={() => {
            resolve.mutate({ pull: pull.id, accept })
            setAccept(undefined)
          }}
        >
          {accept
            ? 'Users that the pull did not find are verified at the vendor and then marked as deleted.'
            : 'The pull is discarded, and nothing is deleted.'}
        </Confirm>
      )}
    </Alert>
  )
}
