/** The findings: counts by rule, filters, evidence and subjects. */
import { Button, Group, NativeSelect, Stack, Switch, Text } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { ExportButton } from '../csv/export.tsx'
import { mostExported, readAll } from '../csv/rows.ts'
import {
  FindingCountDocument,
  type FindingRule,
  FindingsDocument,
  type FindingsQuery,
  WithdrawAcceptanceDocument,
} from '../data/generated/graphql.ts'
import { send } from '../data/request.ts'
import { useRead, useWrite } from '../data/use-data.ts'
import { useAddress } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { SeverityBadge } from '../ui/badges.tsx'
import { NodeLink, nameOf } from '../ui/node-link.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Failed, Ready } from '../ui/states.tsx'
import { exactTime, Time } from '../ui/time.tsx'
import { UnknownFilters } from '../ui/unknown-filters.tsx'
import { counted, pairsOf } from '../ui/words.ts'
import { AcceptFinding } from '../writes/accept-finding.tsx'
import { FailureAlert } from '../writes/plan.tsx'
import { ruleLabel, ruleNames, severities } from './rules.ts'

/** Which findings are shown, by whether a person accepts them. */
const accepted = [
  { value: '', label: 'Leave out', accepted: false },
  { value: 'only', label: 'Only accepted', accepted: true },
  { value: 'all', label: 'Include', accepted: null },
] as const

const knownFilters = {
  rule: ruleNames,
  severity: severities,
  accepted: accepted.map(({ value }) => value),
  resolved: ['yes'],
}

type Finding = NonNullable<FindingsQuery['findings']>['nodes'][number]

export function FindingsView() {
  const { parameters, set } = useAddress()
  const { token, organization, asOf } = useSession()
  const chosen = ruleNames.filter((rule) => parameters.getAll('rule').includes(rule))
  const minSeverity = severities.find((one) => one === parameters.get('severity'))
  const includeResolved = parameters.get('resolved') === 'yes'
  const shown = accepted.find(({ value }) => value === parameters.get('accepted')) ?? accepted[0]
  const variables = {
    rules: chosen.length > 0 ? chosen : undefined,
    minSeverity,
    includeResolved,
    accepted: shown.accepted,
  }
  const read = useRead(FindingsDocument, { ...variables, first: 100 }, { now: true, refetchMs: 30_000 })
  const rows = () =>
    readAll(async (after) => {
      const page = { ...variables, organization, first: 100, after }
      const { findings }: FindingsQuery = await send(FindingsDocument, page, { token })
      return {
        rows: findings?.nodes.map(cellsOf) ?? [],
        next: findings?.pageInfo.hasNextPage ? findings.pageInfo.endCursor : null,
      }
    }, mostExported)
  return (
    <>
      <PageTitle>Findings</PageTitle>
      {asOf && <Empty>Findings have no past: these are the current ones.</Empty>}
      <div className="with-side">
        <RuleCounts includeResolved={includeResolved} accepted={shown.accepted} chosen={chosen} />
        <Panel
          title="Matching findings"
          query={read.query}
          actions={<ExportButton name="findings.csv" rows={rows} most={mostExported} />}
        >
          <Group mb="sm" gap="md" align="end">
            <NativeSelect
              label="Severity"
              value={minSeverity ?? ''}
              data={[
                { value: '', label: 'Any' },
                { value: 'HIGH', label: 'High' },
                { value: 'MEDIUM', label: 'Medium or higher' },
                { value: 'LOW', label: 'Low or higher' },
              ]}
              onChange={({ currentTarget: { value } }) => set({ severity: value })}
            />
            <NativeSelect
              label="Accepted"
              value={shown.value}
              data={accepted.map(({ value, label }) => ({ value, label }))}
              onChange={({ currentTarget: { value } }) => set({ accepted: value })}
            />
            <Switch
              label="Include resolved"
              checked={includeResolved}
              onChange={({ currentTarget: { checked } }) => set({ resolved: checked ? 'yes' : undefined })}
            />
          </Group>
          <UnknownFilters known={knownFilters} />
          <Ready read={read} pick={(data) => data.findings} rows={8}>
            {({ totalCount, asOf: evaluated, nodes }) => (
              <>
                <Text size="sm" c="dimmed" role="status">
                  {counted(totalCount, 'finding')}
                  {nodes.length < totalCount ? `, the first ${nodes.length} are shown` : ''}. Evaluated on the pull that
                  started <Time value={evaluated} missing="at an unknown time" />.
                </Text>
                {totalCount === 0 && <Empty>No finding matches.</Empty>}
                <ul className="timeline">
                  {nodes.map((finding) => (
                    <FindingItem key={finding.id} finding={finding} />
                  ))}
                </ul>
              </>
            )}
          </Ready>
        </Panel>
      </div>
    </>
  )
}

function FindingItem({ finding }: { finding: Finding }) {
  const { rule, severity, title, subjects, evidence, firstSeenAt, resolvedAt, acceptance } = finding
  const { mayWrite, asOf } = useSession()
  const [accepting, setAccepting] = useState(false)
  const withdraw = useWrite(WithdrawAcceptanceDocument)
  const withdrawn = withdraw.data?.withdrawAcceptance
  return (
    <li>
      <Group gap="xs">
        <SeverityBadge severity={severity} />
        <Text size="sm" fw={600} className="break">
          {title}
        </Text>
        {mayWrite && !asOf && !resolvedAt && (
          <Group gap={6} ml="auto">
            <Button size="compact-xs" variant="default" onClick={() => setAccepting(true)}>
              {acceptance ? 'Change the acceptance' : 'Accept'}
            </Button>
            {acceptance && (
              <Button
                size="compact-xs"
                variant="default"
                loading={withdraw.isPending}
                onClick={() => withdraw.mutate({ finding: finding.id })}
              >
                Withdraw the acceptance
              </Button>
            )}
          </Group>
        )}
      </Group>
      {withdraw.error && <Failed error={withdraw.error} />}
      {withdrawn && withdrawn.__typename !== 'WithdrawAcceptanceSuccess' && <FailureAlert failure={withdrawn} />}
      {accepting && <AcceptFinding finding={finding} close={() => setAccepting(false)} />}
      <Group gap="md" my={4}>
        {subjects.slice(0, 6).map((subject) => (
          <NodeLink key={subject.id} node={subject} />
        ))}
        {subjects.length > 6 && <Text size="xs">and {subjects.length - 6} more</Text>}
      </Group>
      <Text size="xs" c="dimmed">
        {ruleLabel(rule)} · first seen <Time value={firstSeenAt} />
        {resolvedAt && (
          <>
            {' '}
            · resolved <Time value={resolvedAt} />
          </>
        )}
      </Text>
      {acceptance && (
        <Text size="sm" className="accepted">
          Accepted by {acceptance.by} <Time value={acceptance.at} />, until {exactTime(acceptance.until)}:{' '}
          {acceptance.reason}
        </Text>
      )}
      <details>
        <summary>
          <Text span size="xs">
            Evidence
          </Text>
        </summary>
        <Evidence value={evidence} />
      </details>
    </li>
  )
}

function Evidence({ value }: { value: unknown }) {
  return (
    <dl className="facts">
      {pairsOf(value).map(([name, text]) => [
        <dt key={`${name} name`}>{name}</dt>,
        <dd key={name}>{/^\d{4}-\d\d-\d\dT/.test(text) ? <Time value={text} /> : text}</dd>,
      ])}
    </dl>
  )
}

interface RuleCountsProps {
  includeResolved: boolean
  accepted: boolean | null
  chosen: readonly FindingRule[]
}

function RuleCounts({ includeResolved, accepted, chosen }: RuleCountsProps) {
  const { set } = useAddress()
  const { token, organization } = useSession()
  const counts = useQueries({
    queries: ruleNames.map((rule) => ({
      queryKey: ['findings of a rule', rule, includeResolved, accepted, organization, token],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        send(FindingCountDocument, { rules: [rule], includeResolved, accepted, organization }, { token, signal }),
      refetchInterval: 30_000,
    })),
  })
  const query = {
    text: String(FindingCountDocument).trim(),
    variables: { rules: ruleNames, includeResolved, accepted, organization },
    now: true,
  }
  return (
    <Panel title="Rules" query={query} folds>
      <Stack gap={0}>
        {ruleNames.map((rule, i) => {
          const isChosen = chosen.includes(rule)
          const others = chosen.filter((one) => one !== rule)
          return (
            <button
              key={rule}
              type="button"
              className="facet-button"
              aria-pressed={isChosen}
              onClick={() => set({ rule: isChosen ? others : [...others, rule] })}
            >
              <span>{ruleLabel(rule)}</span>
              <span className="facet-count">{counts[i]?.data?.findings?.totalCount.toLocaleString('en') ?? '…'}</span>
            </button>
          )
        })}
      </Stack>
    </Panel>
  )
}

function cellsOf({ rule, severity, title, subjects, firstSeenAt, resolvedAt, acceptance, evidence }: Finding) {
  return {
    rule,
    severity,
    title,
    subjects: subjects.map(nameOf).join('; '),
    'first seen': firstSeenAt,
    resolved: resolvedAt,
    'accepted by': acceptance?.by,
    'accepted until': acceptance?.until,
    reason: acceptance?.reason,
    evidence: JSON.stringify(evidence),
  }
}
