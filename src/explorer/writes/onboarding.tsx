/** Onboards users from a CSV file: each row is checked, the plan is shown, and the count is typed to confirm. */
import { Anchor, Button, Checkbox, FileInput, Group, Stack, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { downloadCsv } from '../csv/export.tsx'
import { GroupsDocument, StartOnboardingDocument } from '../data/generated/graphql.ts'
import { useRead, useWrite } from '../data/use-data.ts'
import { useGo } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { Failed } from '../ui/states.tsx'
import { counted } from '../ui/words.ts'
import {
  checkByDryRuns,
  checkRows,
  decodeFile,
  issuesByRow,
  type OnboardingRow,
  parseOnboarding,
  template,
  type Verdict,
} from './onboarding-rows.ts'
import { FailureAlert, Notes, PlanList } from './plan.tsx'

type CheckedRow = OnboardingRow & { readonly state: 'left out' | 'checked' | 'not checked' }

const columns: readonly Column<CheckedRow>[] = [
  { key: 'line', label: 'Row', cell: ({ line }) => line },
  { key: 'address', label: 'Address', cell: ({ user }) => user.primaryEmail },
  { key: 'name', label: 'Name', cell: ({ user }) => `${user.firstName ?? ''} ${user.lastName ?? ''}` },
  { key: 'groups', label: 'Groups', cell: ({ user }) => user.groups?.join(', ') || '–' },
  { key: 'roles', label: 'Roles', cell: ({ user }) => user.roles?.join(', ') || '–' },
  { key: 'check', label: 'Check', cell: (row) => <Check row={row} /> },
]

const isValid = ({ problems }: OnboardingRow) => problems.length === 0

/** Of a list with more rows, some are shown. */
const mostRows = 100
const mostProblems = 20

export function Onboarding() {
  const { organization } = useSession()
  const go = useGo()
  const [file, setFile] = useState<File | null>(null)
  const [parsed, setParsed] = useState<readonly OnboardingRow[]>([])
  const [isGuessed, setGuessed] = useState(false)
  /** The rows that are left out, by line, with the problems that they had. */
  const [leftOut, setLeftOut] = useState<ReadonlyMap<number, readonly string[]>>(new Map())
  const [allowsNewRoles, setAllowsNewRoles] = useState(false)
  const [verdict, setVerdict] = useState<Verdict>()
  const [checking, setChecking] = useState(false)
  const [confirming, setConfirming] = useState(false)
  const [key, setKey] = useState(() => crypto.randomUUID())
  /** Counts the changes of what is to be checked: the result of a check that they overtake is dropped. */
  const version = useRef(0)
  const groups = useRead(GroupsDocument, { first: 500 }, { now: true })
  const plan = useWrite(StartOnboardingDocument, { reread: false })
  const start = useWrite(StartOnboardingDocument)
  const included = checkRows(
    parsed.filter(({ line }) => !leftOut.has(line)),
    groups.data?.groups?.nodes ?? [],
  )
  const checked = new Map(
    included.map((row): [number, CheckedRow] => {
      const problems = [...row.problems, ...(verdict?.problems.get(row.line) ?? [])]
      return [row.line, { ...row, problems, state: verdict?.lines.includes(row.line) ? 'checked' : 'not checked' }]
    }),
  )
  const rows = parsed.map(
    (row): CheckedRow => checked.get(row.line) ?? { ...row, problems: leftOut.get(row.line) ?? [], state: 'left out' },
  )
  const invalid = [...checked.values()].filter(({ problems }) => problems.length > 0)
  const input = { organization, users: included.map(({ user }) => user), allowUnknownRole: allowsNewRoles }
  /** What is to be done changed: the check, and the key of a start that has failed, are void. */
  const change = () => {
    version.current += 1
    setVerdict(undefined)
    setChecking(false)
    plan.reset()
    start.reset()
    setKey(crypto.randomUUID())
  }
  const choose = async (next: File | null) => {
    change()
    setFile(next)
    setLeftOut(new Map())
    const of = version.current
    const { text, isGuessed } = next ? decodeFile(await next.arrayBuffer()) : { text: '', isGuessed: false }
    const found = await parseOnboarding(text)
    if (version.current !== of) return
    setGuessed(isGuessed)
    setParsed(found)
  }
  const check = async () => {
    setChecking(true)
    const of = version.current
    try {
      const found = await checkByDryRuns(included, allowsNewRoles, async (users) => {
        const { startOnboarding } = await plan.mutateAsync({ input: { organization, ...users, dryRun: true } })
        return startOnboarding
      })
      if (version.current === of) setVerdict(found)
    } catch {
      // The mutation has the error.
    }
    if (version.current === of) setChecking(false)
  }
  const confirm = () => {
    setConfirming(false)
    start.mutate(
      { input: { ...input, idempotencyKey: key } },
      {
        onSuccess: ({ startOnboarding: result }) => {
          if (result?.__typename === 'StartOperationSuccess' && result.operation)
            go(`/operations/${encodeURIComponent(result.operation.id)}`)
        },
      },
    )
  }
  const failed = start.data?.startOnboarding
  const planned = invalid.length === 0 ? verdict?.planned : undefined
  // Of a long list, the first rows with problems are shown before the others.
  const shown = rows.length > mostRows ? [...invalid.slice(0, mostProblems), ...rows.filter(isValid)] : rows
  return (
    <>
      <PageTitle>Onboard users</PageTitle>
      <Panel title="Users">
        <Stack>
          <Text size="sm">
            Choose a CSV file with the columns primaryEmail, firstName, lastName, groups, roles and aliases. Several
            values in a cell are separated by semicolons; groups are given by id or by name.{' '}
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => void downloadCsv('onboarding.csv', template)}
            >
              Download an example
            </Anchor>
          </Text>
          <FileInput
            label="CSV file"
            placeholder="Choose a file"
            accept=".csv,text/csv"
            clearable
            value={file}
            onChange={(next) => void choose(next)}
          />
          {isGuessed && (
            <Text size="sm" role="status">
              The file is not UTF-8. It was read as windows-1252: check the accents of the names.
            </Text>
          )}
          {groups.error && <Failed error={groups.error} retry={groups.retry} />}
          {rows.length > 0 && (
            <>
              <Text size="sm" role="status">
                {counted(included.length, 'user')}, {invalid.length} of them with problems.
                {leftOut.size > 0 && ` ${counted(leftOut.size, 'row is', 'rows are')} left out.`}
              </Text>
              <DataTable
                label="Rows"
                rows={shown.slice(0, mostRows)}
                keyOf={({ line }) => String(line)}
                columns={columns}
              />
              {rows.length > mostRows && (
                <Text size="sm">
                  {counted(rows.length, 'row')}, of which the first {mostProblems} with problems and the first valid
                  ones are shown.
                </Text>
              )}
            </>
          )}
          {file && rows.length === 0 && <Text size="sm">The file has no rows.</Text>}
          <Group gap="md">
            <Checkbox
              label="Allow roles that are new"
              description="Without it, a role that no user of the organization has had counts as misspelled."
              checked={allowsNewRoles}
              onChange={({ currentTarget: { checked } }) => {
                setAllowsNewRoles(checked)
                change()
              }}
            />
            {invalid.length > 0 && (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setLeftOut(new Map([...leftOut, ...invalid.map(({ line, problems }) => [line, problems] as const)]))
                  change()
                }}
              >
                Leave out {counted(invalid.length, 'row')} with problems
              </Button>
            )}
            {leftOut.size > 0 && (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setLeftOut(new Map())
                  change()
                }}
              >
                Include all rows
              </Button>
            )}
          </Group>
          {plan.error && <Failed error={plan.error} />}
          {start.error && <Failed error={start.error} />}
          {planned && verdict && <PlanList notes={verdict.notes} plan={planned.plan} />}
          {!planned && verdict && <Notes notes={verdict.notes} />}
          {verdict?.failure && <FailureAlert failure={verdict.failure} />}
          {failed && failed.__typename !== 'StartOperationSuccess' && (
            <FailureAlert
              failure={failed}
              textOf={(issue) => {
                const [found] = issuesByRow(included, [issue]).ofRows
                return found ? `Row ${found.row.line}: ${found.text}` : issue.message
              }}
            />
          )}
          <Group justify="flex-end">
            <Button
              variant="light"
              disabled={included.length === 0 || included.some(({ problems }) => problems.length > 0)}
              loading={checking}
              onClick={() => void check()}
            >
              Check and show the plan
            </Button>
            <Button disabled={!planned} loading={start.isPending} onClick={() => setConfirming(true)}>
              Start
            </Button>
          </Group>
        </Stack>
      </Panel>
      {confirming && (
        <Confirm
          title="Create accounts"
          word={String(included.length)}
          action="Start"
          close={() => setConfirming(false)}
          confirm={confirm}
        >
          {counted(included.length, 'account')} will be created at the vendor. Type the number of accounts.
        </Confirm>
      )}
    </>
  )
}

function Check({ row: { state, problems } }: { row: CheckedRow }) {
  if (problems.length === 0)
    return { 'left out': 'Left out', checked: 'Valid', 'not checked': 'Not checked yet' }[state]
  if (state === 'left out') return `Left out: ${problems.join(' ')}`
  return (
    <Text size="sm" c="red" component="span">
      {problems.join(' ')}
    </Text>
  )
}
