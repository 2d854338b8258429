/** Deprovisions a list of users: the addresses are checked, the plan is shown, and the count is typed to confirm. */
import { Button, Group, Radio, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { type DeprovisioningMode, StartDeprovisioningDocument, UsersDocument } from '../data/generated/graphql.ts'
import { useRead, useWrite } from '../data/use-data.ts'
import { useGo } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { StatusBadge } from '../ui/badges.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { Failed } from '../ui/states.tsx'
import { counted } from '../ui/words.ts'
import { FailureAlert, PlanList } from './plan.tsx'

interface Row {
  readonly address: string
  readonly user: { displayName: string; status: 'ACTIVE' | 'INACTIVE' | null } | undefined
  /** The mirror has been asked about exactly these addresses. */
  readonly checked: boolean
}

/** The API compares at most this number of addresses in one filter. */
const mostUsers = 500

const columns: readonly Column<Row>[] = [
  { key: 'address', label: 'Address', cell: ({ address }) => address },
  {
    key: 'name',
    label: 'User',
    cell: ({ user, checked }) =>
      user?.displayName ?? (checked ? 'No live user has this primary address' : 'Checking …'),
  },
  { key: 'status', label: 'Status', cell: ({ user }) => (user ? <StatusBadge status={user.status} /> : '–') },
]

const titles: Record<DeprovisioningMode, string> = {
  DELETE: 'Delete accounts',
  DEACTIVATE: 'Deactivate accounts',
  FUNCTIONAL: 'Make functional accounts',
}
const effects: Record<DeprovisioningMode, string> = {
  DELETE: 'with all aliases will be deleted. This cannot be undone.',
  DEACTIVATE: 'will leave all groups and become inactive.',
  FUNCTIONAL: 'will receive mail only.',
}

export function Deprovisioning() {
  const { organization, organizations } = useSession()
  const offersKinds = organizations?.find(({ slug }) => slug === organization)?.capabilities?.accountKinds
  const go = useGo()
  const [text, setText] = useState('')
  const [mode, setMode] = useState<DeprovisioningMode>()
  const [confirming, setConfirming] = useState(false)
  const [key] = useState(() => crypto.randomUUID())
  const addresses = addressesOf(text)
  const tooMany = addresses.length > mostUsers
  const read = useRead(
    UsersDocument,
    { filter: { primaryEmail: { in: addresses.slice(0, mostUsers) } }, first: mostUsers },
    { enabled: addresses.length > 0 && !tooMany, now: true },
  )
  const plan = useWrite(StartDeprovisioningDocument, { reread: false })
  const start = useWrite(StartDeprovisioningDocument)
  const known = new Map(read.data?.users?.nodes.map((user) => [user.primaryEmail.toLowerCase(), user]))
  const checked = read.data !== undefined && !read.stale
  const rows = addresses.map((address) => ({ address, user: known.get(address.toLowerCase()), checked }))
  const missing = rows.filter(({ user }) => !user).length
  const ready = addresses.length > 0 && !tooMany && checked && missing === 0
  const input = { organization, primaryEmails: addresses, mode }
  const planned = plan.data?.startDeprovisioning
  const confirm = () => {
    setConfirming(false)
    start.mutate(
      { input: { ...input, idempotencyKey: key } },
      {
        onSuccess: ({ startDeprovisioning: result }) => {
          if (result?.__typename === 'StartOperationSuccess' && result.operation)
            go(`/operations/${encodeURIComponent(result.operation.id)}`)
        },
      },
    )
  }
  const change = (set: () => void) => {
    set()
    plan.reset()
  }
  const failed = start.data?.startDeprovisioning
  return (
    <>
      <PageTitle>Deprovision users</PageTitle>
      <Panel title="Users" query={addresses.length > 0 ? read.query : undefined}>
        <Stack>
          <Textarea
            label="Primary addresses"
            description="One on each line, or separated by commas. At most 500."
            autosize
            minRows={4}
            maxRows={12}
            value={text}
            onChange={({ currentTarget: { value } }) => change(() => setText(value))}
          />
          <Radio.Group
            label="What happens to the accounts"
            value={mode ?? null}
            onChange={(value) => change(() => setMode(value as DeprovisioningMode))}
          >
            <Stack gap={6} mt={6}>
              {offersKinds && (
                <Radio
                  value="FUNCTIONAL"
                  label="Make functional accounts: mail still arrives, sign-in ends. Can be undone"
                />
              )}
              <Radio
                value="DEACTIVATE"
                label={
                  offersKinds
                    ? 'Deactivate: mail is returned to its senders. Can be undone'
                    : 'Deactivate: leave all groups, and become inactive. Can be undone'
                }
              />
              <Radio value="DELETE" label="Delete with all aliases. This cannot be undone" />
            </Stack>
          </Radio.Group>
          {read.error && addresses.length > 0 && <Failed error={read.error} retry={read.retry} />}
          {addresses.length > 0 && (
            <Text size="sm" role="status">
              {tooMany
                ? `${counted(addresses.length, 'address', 'addresses')} exceed the limit of ${mostUsers}.`
                : checked
                  ? `${counted(addresses.length, 'address', 'addresses')}, ${missing} of them without a live user.`
                  : `${counted(addresses.length, 'address is', 'addresses are')} being checked.`}
            </Text>
          )}
          {rows.length > 0 && !tooMany && (
            <DataTable label="Addresses" rows={rows} keyOf={({ address }) => address} columns={columns} />
          )}
          {plan.error && <Failed error={plan.error} />}
          {start.error && <Failed error={start.error} />}
          {planned?.__typename === 'StartOperationSuccess' && <PlanList notes={planned.notes} plan={planned.plan} />}
          {planned && planned.__typename !== 'StartOperationSuccess' && <FailureAlert failure={planned} />}
          {failed && failed.__typename !== 'StartOperationSuccess' && <FailureAlert failure={failed} />}
          <Group justify="flex-end">
            <Button
              variant="light"
              disabled={!ready || !mode}
              loading={plan.isPending}
              onClick={() => plan.mutate({ input: { ...input, dryRun: true } })}
            >
              Show the plan
            </Button>
            <Button
              color="red"
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
          title={mode ? titles[mode] : ''}
          word={String(addresses.length)}
          action="Start"
          close={() => setConfirming(false)}
          confirm={confirm}
        >
          {counted(addresses.length, 'account')} {mode ? effects[mode] : ''} Type the number of accounts.
        </Confirm>
      )}
    </>
  )
}

function addressesOf(text: string): string[] {
  const seen = new Map<string, string>()
  for (const word of text.split(/[\s,;]+/))
    if (word && !seen.has(word.toLowerCase())) seen.set(word.toLowerCase(), word)
  return [...seen.values()]
}
