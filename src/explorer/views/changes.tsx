/** The change feed: the latest changes first, new ones as they happen, and filters by kind and time. */
import { Button, Chip, Group, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { ExportButton } from '../csv/export.tsx'
import {
  ChangeFeedDocument,
  type ChangeFieldsFragment,
  type ChangeKind,
  ChangesDocument,
} from '../data/generated/graphql.ts'
import { useRead, useStream } from '../data/use-data.ts'
import { useAddress } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { ChangeItem, changeLabels } from '../ui/change-text.tsx'
import { nameOf } from '../ui/node-link.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'

const ranges: readonly { value: string; label: string; seconds?: number }[] = [
  { value: '', label: 'Any time' },
  { value: '1h', label: 'The last hour', seconds: 3_600 },
  { value: '24h', label: 'The last 24 hours', seconds: 86_400 },
  { value: '7d', label: 'The last 7 days', seconds: 604_800 },
  { value: '30d', label: 'The last 30 days', seconds: 2_592_000 },
]
const pageSize = 100
const allKinds = Object.keys(changeLabels) as ChangeKind[]
const mostLive = 500

export function ChangesView() {
  const { parameters, set } = useAddress()
  const { asOf } = useSession()
  const kinds = allKinds.filter((kind) => parameters.getAll('kind').includes(kind))
  const about = parameters.get('about') ?? undefined
  const before = parameters.get('before') ?? undefined
  const range = parameters.get('range') ?? ''
  const since = useSince(range, asOf)
  const chosenKinds = kinds.length > 0 ? kinds : undefined
  const read = useRead(ChangesDocument, { kinds: chosenKinds, about, since, before, last: pageSize })
  const live = useLiveChanges(chosenKinds, about, !asOf && !before)
  const seen = new Set(read.data?.changes?.nodes.map(({ id }) => id))
  const fresh = live.changes.filter(({ id }) => !seen.has(id))
  const rows = () => [...fresh, ...(read.data?.changes?.nodes.toReversed() ?? [])].map(cellsOf)
  return (
    <>
      <PageTitle>Changes</PageTitle>
      <Panel
        title={about ? 'Changes of one object' : 'Latest changes'}
        query={read.query}
        actions={
          <>
            <Text size="xs" role="status">
              {live.label}
            </Text>
            <ExportButton name="changes.csv" rows={rows} />
          </>
        }
      >
        <Group gap="sm" mb="sm" align="end">
          <NativeSelect
            label="Time range"
            value={range}
            data={ranges.map(({ value, label }) => ({ value, label }))}
            onChange={({ currentTarget: { value } }) => set({ range: value, before: undefined })}
          />
          {about && (
            <Button variant="subtle" onClick={() => set({ about: undefined, before: undefined })}>
              Show all objects
            </Button>
          )}
        </Group>
        <Chip.Group multiple value={kinds} onChange={(kind) => set({ kind, before: undefined })}>
          <Group gap={6} mb="sm">
            {allKinds.map((kind) => (
              <Chip key={kind} value={kind} size="xs">
                {changeLabels[kind]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Ready read={read} pick={(data) => data.changes} rows={10}>
          {({ nodes, pageInfo }) => (
            <>
              {nodes.length + fresh.length === 0 && <Empty>No change matches.</Empty>}
              <ul className="timeline">
                {fresh.map((change) => (
                  <ChangeItem key={change.id} change={change} isNew />
                ))}
                {nodes.toReversed().map((change) => (
                  <ChangeItem key={change.id} change={change} />
                ))}
              </ul>
              <Group gap="xs" mt="sm">
                {before && (
                  <Button size="xs" variant="default" onClick={() => set({ before: undefined })}>
                    Back to the latest
                  </Button>
                )}
                {pageInfo.hasPreviousPage && (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => set({ before: pageInfo.startCursor ?? undefined })}
                  >
                    Earlier changes
                  </Button>
                )}
              </Group>
            </>
          )}
        </Ready>
      </Panel>
    </>
  )
}

/** The start of a relative range. It stays the same until another range is chosen, so the query does, too. */
function useSince(range: string, asOf: string | undefined): string | undefined {
  const compute = () => {
    const seconds = ranges.find(({ value }) => value === range)?.seconds
    const end = asOf ? Date.parse(asOf) : Date.now()
    return seconds === undefined ? undefined : new Date(end - seconds * 1_000).toISOString()
  }
  const key = `${range} ${asOf ?? ''}`
  const [kept, setKept] = useState(() => ({ key, since: compute() }))
  if (kept.key === key) return kept.since
  const next = { key, since: compute() }
  setKept(next)
  return next.since
}

function useLiveChanges(kinds: ChangeKind[] | undefined, about: string | undefined, enabled: boolean) {
  const [changes, setChanges] = useState<readonly ChangeFieldsFragment[]>([])
  const matches = ({ kind, subject, object }: ChangeFieldsFragment) =>
    (!kinds || kinds.includes(kind)) && (!about || subject.id === about || object?.id === about)
  const state = useStream(
    ChangeFeedDocument,
    {},
    ({ changes: { node } }) => setChanges((previous) => [node, ...previous].slice(0, mostLive)),
    enabled,
  )
  if (!enabled) return { changes: [], label: 'Not live' }
  const label = { live: 'Live', connecting: 'Connecting …', lost: 'Live updates are interrupted' }[state]
  return { changes: changes.filter(matches), label }
}

function cellsOf({
  kind,
  field,
  before,
  after,
  origin,
  actor,
  notBefore,
  notAfter,
  subject,
  object,
}: ChangeFieldsFragment) {
  return {
    kind,
    subject: nameOf(subject),
    object: object ? nameOf(object) : null,
    field,
    before: before === null || before === undefined ? null : JSON.stringify(before),
    after: after === null || after === undefined ? null : JSON.stringify(after),
    'not before': notBefore,
    'not after': notAfter,
    origin,
    actor,
  }
}
