/** Onboards users from a CSV file: each row is checked, the plan is shown, and the count is typed to confirm. */
import { Anchor, Button, FileInput, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
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
import { checkRows, type OnboardingRow, parseOnboarding, template } from './onboarding-rows.ts'
import { FailureAlert, PlanList } from './plan.tsx'

const columns: readonly Column<OnboardingRow>[] = [
  { key: 'line', label: 'Row', cell: ({ line }) => line },
  { key: 'address', label: 'Address', cell: ({ user }) => user.primaryEmail },
  { key: 'name', label: 'Name', cell: ({ user }) => `${user.firstName ?? ''} ${user.lastName ?? ''}` },
  { key: 'groups', label: 'Groups', cell: ({ user }) => user.groups?.join(', ') || '–' },
  { key: 'roles', label: 'Roles', cell: ({ user }) => user.roles?.join(', ') || '–' },
  {
    key: 'check',
    label: 'Check',
    cell: ({ problems }) => (problems.length === 0 ? 'Valid' : <Problems problems={problems} />),
  },
]

export function Onboarding() {
  const { organization } = useSession()
  const go = useGo()
  const [file, setFile] = useState<File | null>(null)
  const [parsed, setParsed] = useState<readonly OnboardingRow[]>([])
  const [confirming, setConfirming] = useState(false)
  const [key, setKey] = useState(() => crypto.randomUUID())
  const groups = useRead(GroupsDocument, { first: 500 }, { now: true })
  const plan = useWrite(StartOnboardingDocument, { reread: false })
  const start = useWrite(StartOnboardingDocument)
  const planned = plan.data?.startOnboarding
  const issues = planned && 'issues' in planned ? planned.issues : []
  const rows = checkRows(parsed, groups.data?.groups?.nodes ?? [], issues)
  const invalid = rows.filter(({ problems }) => problems.length > 0).length
  const input = { organization, users: rows.map(({ user }) => user) }
  const choose = async (next: File | null) => {
    setFile(next)
    plan.reset()
    start.reset()
    setKey(crypto.randomUUID())
    setParsed(next ? await parseOnboarding(await next.text()) : [])
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
          {groups.error && <Failed error={groups.error} retry={groups.retry} />}
          {rows.length > 0 && (
            <>
              <Text size="sm" role="status">
                {rows.length} users, {invalid} of them with problems.
              </Text>
              <DataTable label="Rows" rows={rows} keyOf={({ line }) => String(line)} columns={columns} />
            </>
          )}
          {file && rows.length === 0 && <Text size="sm">The file has no rows.</Text>}
          {plan.error && <Failed error={plan.error} />}
          {start.error && <Failed error={start.error} />}
          {planned?.__typename === 'StartOperationSuccess' && <PlanList notes={planned.notes} plan={planned.plan} />}
          {planned && planned.__typename !== 'StartOperationSuccess' && <FailureAlert failure={planned} />}
          {failed && failed.__typename !== 'StartOperationSuccess' && <FailureAlert failure={failed} />}
          <Group justify="flex-end">
            <Button
              variant="light"
              disabled={rows.length === 0 || invalid > 0}
              loading={plan.isPending}
              onClick={() => plan.mutate({ input: { ...input, dryRun: true } })}
            >
              Check and show the plan
            </Button>
            <Button
              disabled={planned?.__typename !== 'StartOperationSuccess'}
              loading={start.isPending}
              onClick={() => setConfirming(true)}
            >
              Start
            </Button>
          </Group>
        </Stack>
      </Panel>
      {confirming && (
        <Confirm
          title="Create accounts"
          word={String(rows.length)}
          action="Start"
          close={() => setConfirming(false)}
          confirm={confirm}
        >
          {rows.length} accounts will be created at the vendor. Type the number of accounts.
        </Confirm>
      )}
    </>
  )
}

function Problems({ problems }: { problems: readonly string[] }) {
  return (
    <Text size="sm" c="red" component="span">
      {problems.join(' ')}
    </Text>
  )
}
