/** What identity providers have changed by SCIM, per token, and what they were refused. */
import { Button, Group, NativeSelect, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { LiftScimGuardDocument, ScimActivityDocument, type ScimActivityQuery } from '../data/generated/graphql.ts'
import { useRead, useWrite } from '../data/use-data.ts'
import { useAddress } from '../session/links.tsx'
import { useMayAdminister, useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Failed, Ready } from '../ui/states.tsx'
import { exactTime, Time } from '../ui/time.tsx'

type Row = NonNullable<ScimActivityQuery['scimActivity']>[number]

const actions: Record<Row['action'], string> = {
  CREATED: 'Created',
  CHANGED: 'Changed',
  DEACTIVATED: 'Turned off',
  REACTIVATED: 'Turned on',
  DELETED: 'Deleted',
  MEMBERS_CHANGED: 'Members changed',
  REFUSED: 'Refused',
}

const columns: readonly Column<Row>[] = [
  { key: 'at', label: 'When', cell: ({ at }) => <Time value={at} /> },
  { key: 'token', label: 'Token', cell: ({ token }) => token },
  { key: 'action', label: 'What', cell: ({ action }) => actions[action] ?? action },
  { key: 'kind', label: 'Kind', cell: ({ kind }) => kind },
  { key: 'name', label: 'User or group', cell: ({ name }) => name ?? '–' },
  { key: 'status', label: 'Status', cell: ({ status }) => status },
  { key: 'detail', label: 'Why', cell: ({ detail }) => detail ?? '' },
]

const shownRows = 200
const hourMs = 3_600_000

export function ProvisioningView() {
  const { parameters, set } = useAddress()
  const { asOf } = useSession()
  const mayAdmin = useMayAdminister()
  const token = parameters.get('token') ?? undefined
  const refused = parameters.get('refused') === 'yes'
  const variables = { token, refused: refused || undefined, first: shownRows }
  const read = useRead(ScimActivityDocument, variables, { now: true, refetchMs: 10_000 })
  const tokens = new Set([...(token ? [token] : []), ...(read.data?.scimActivity ?? []).map((row) => row.token)])
  return (
    <>
      <PageTitle actions={mayAdmin && !asOf ? <LiftGuard /> : undefined}>Provisioning</PageTitle>
      {asOf && <Empty>Provisioning has no past: this is the current activity.</Empty>}
      <Panel title="Activity of identity providers" query={read.query}>
        <Text size="sm" c="dimmed" mb="sm">
          Requests by SCIM that changed something, or were refused. Needs the scope admin.
        </Text>
        <Group mb="sm" gap="md" align="end">
          <NativeSelect
            label="Token"
            value={token ?? ''}
            data={[{ value: '', label: 'Any' }, ...[...tokens].sort().map((value) => ({ value, label: value }))]}
            onChange={({ currentTarget: { value } }) => set({ token: value })}
          />
          <Switch
            label="Only refused"
            checked={refused}
            onChange={({ currentTarget: { checked } }) => set({ refused: checked ? 'yes' : undefined })}
          />
        </Group>
        <Ready read={read} pick={(data) => data.scimActivity} rows={8}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty>No identity provider has changed anything.</Empty>
            ) : (
              <DataTable label="Activity" rows={rows} keyOf={(row) => JSON.stringify(row)} columns={columns} />
            )
          }
        </Ready>
      </Panel>
    </>
  )
}

/** Allows mass removals for an hour. */
function LiftGuard() {
  const lift = useWrite(LiftScimGuardDocument)
  const [asking, setAsking] = useState(false)
  const result = lift.data?.liftScimGuard
  return (
    <>
      {lift.error && <Failed error={lift.error} />}
      {result?.__typename === 'LiftScimGuardSuccess' && (
        <Text size="sm" role="status">
          Mass removals are allowed until {exactTime(result.until)}.
        </Text>
      )}
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        Allow mass removals
      </Button>
      {asking && (
        <Confirm
          title="Allow mass removals for an hour"
          word="allow"
          action="Allow"
          close={() => setAsking(false)}
          confirm={() => {
            lift.mutate({ until: new Date(Date.now() + hourMs).toISOString() })
            setAsking(false)
          }}
        >
          Identity providers can then turn off and delete any number of users. Check first that the assignments in the
          identity provider are right.
        </Confirm>
      )}
    </>
  )
}
