/** The change feed: the latest changes first, new ones as they happen, and filters by kind and time. */
import { Button, Chip, Group, NativeSelect, Switch, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ExportButton } from '../csv/export.tsx'
import { mostExported, readAll } from '../csv/rows.ts'
import {
  ChangeFeedDocument,
  type ChangeFieldsFragment,
  type ChangeKind,
  ChangesDocument,
  type ChangesQuery,
} from '../data/generated/graphql.ts'
import { send } from '../data/request.ts'
import { useRead, useStream } from '../data/use-data.ts'
import { useAddress } from '../session/links.tsx'
import { momentOf, timeFormats } from '../session/relative-time.ts'
import { useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { ChangeItem, changeLabels } from '../ui/change-text.tsx'
import { nameOf } from '../ui/node-link.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'
import { UnknownFilters } from '../ui/unknown-filters.tsx'

const ranges: readonly { value: string; label: string }[] = [
  { value: '', label: 'Any time' },
  { value: '1h', label: 'The last hour' },
  { value: '24h', label: 'The last 24 hours' },
  { value: '7d', label: 'The last 7 days' },
  { value: '30d', label: 'The last 30 days' },
]
const pageSize = 100
const allKinds = Object.keys(changeLabels) as ChangeKind[]
const mostLive = 500

export function ChangesView() {
  const { parameters, set } = useAddress()
  const { token, organization, asOf } = useSession()
  const kinds = allKinds.filter((kind) => parameters.getAll('kind').includes(kind))
  const about = parameters.get('about') ?? undefined
  const before = parameters.get('before') ?? undefined
  const range = parameters.get('range') ?? ''
  const since = useSince(range, asOf)
  const isWrongRange = range !== '' && since === undefined
  const chosenKinds = kinds.length > 0 ? kinds : undefined
  const isWhole = parameters.get('baseline') === 'yes'
  const baseline = isWhole ? undefined : false
  const read = useRead(ChangesDocument, { kinds: chosenKinds, about, baseline, since, before, last: pageSize })
  const live = useLiveChanges(chosenKinds, about, baseline, !asOf && !before)
  const seen = new Set(read.data?.changes?.nodes.map(({ id }) => id))
  const fresh = live.changes.filter(({ id }) => !seen.has(id))
  const rows = () =>
    readAll(async (cursor) => {
      const page = { kinds: chosenKinds, about, baseline, since, organization, last: 500, before: cursor }
      const { changes }: ChangesQuery = await send(ChangesDocument, page, { token, asOf })
      return {
        rows: changes?.nodes.toReversed().map(cellsOf) ?? [],
        next: changes?.pageInfo.hasPreviousPage ? changes.pageInfo.startCursor : null,
      }
    }, mostExported)
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
            <ExportButton name="changes.csv" rows={rows} most={mostExported} />
          </>
        }
      >
        <Group gap="sm" mb="sm" align="end">
          <NativeSelect
            label="Time range"
            value={range}
            data={
              ranges.some(({ value }) => value === range) ? [...ranges] : [...ranges, { value: range, label: 'Since' }]
            }
            onChange={({ currentTarget: { value } }) => set({ range: value, before: undefined })}
          />
          <SinceInput key={range} value={range} change={(value) => set({ range: value, before: undefined })} />
          <Switch
            label="What the first pull found"
            checked={isWhole}
            onChange={({ currentTarget: { checked } }) =>
              set({ baseline: checked ? 'yes' : undefined, before: undefined })
            }
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
        <UnknownFilters known={{ kind: allKinds, baseline: ['yes'], ...(isWrongRange && { range: [] }) }} />
        <Ready read={read} pick={(data) => data.changes} rows={10}>
          {({ nodes, pageInfo }) => (
            <>
              {nodes.length + fresh.length === 0 && (
                <Empty>
                  {isWhole ? 'No change matches.' : 'No change matches. What the first pull found is left out.'}
                </Empty>
              )}
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
  const compute = () => momentOf(range, asOf ? Date.parse(asOf) : Date.now())
  const key = `${range} ${asOf ?? ''}`
  const [kept, setKept] = useState(() => ({ key, since: compute() }))
  if (kept.key === key) return kept.since
  const next = { key, since: compute() }
  setKept(next)
  return next.since
}

/** A start that is not in the list. */
function SinceInput({ value, change }: { value: string; change: (value: string) => void }) {
  const [typed, setTyped] = useState(ranges.some((one) => one.value === value) ? '' : value)
  const isWrong = typed !== '' && momentOf(typed, Date.now()) === undefined
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (typed && !isWrong) change(typed.trim())
      }}
    >
      <TextInput
        label="Since"
        placeholder="-90m"
        title={`Press Enter. A time ${timeFormats}`}
        value={typed}
        error={isWrong ? `Expected a time ${timeFormats}` : undefined}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </form>
  )
}

function useLiveChanges(
  kinds: ChangeKind[] | undefined,
  about: string | undefined,
  baseline: boolean | undefined,
  enabled: boolean,
) {
  const [changes, setChanges] = useState<readonly ChangeFieldsFragment[]>([])
  const matches = ({ kind, subject, object }: ChangeFieldsFragment) =>
    (!kinds || kinds.includes(kind)) && (!about || subject.id === about || object?.id === about)
  const state = useStream(
    ChangeFeedDocument,
    { baseline },
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
  baseline,
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
    'first read': baseline ? 'yes' : 'no',
  }
}
