/** The list of users, with filters, facets, columns and export. Its whole state is in the address. */
import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { ExportButton } from '../../csv/export.tsx'
import { readAll } from '../../csv/rows.ts'
import { type UserFilter, UsersDocument, type UsersQuery } from '../../data/generated/graphql.ts'
import { send } from '../../data/request.ts'
import { useRead } from '../../data/use-data.ts'
import { AppLink, useAddress } from '../../session/links.tsx'
import { useSession } from '../../session/session.tsx'
import { PageTitle } from '../../shell/shell.tsx'
import { RoleBadge, StatusBadge } from '../../ui/badges.tsx'
import { type Column, DataTable, sortOf, useColumns } from '../../ui/data-table.tsx'
import { Pager, pageArguments } from '../../ui/pager.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Ready } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { UnknownFilters } from '../../ui/unknown-filters.tsx'
import { Facets } from './facets.tsx'
import { filterNames, filterOf, knownFilters, lifecycleOf, userSorts } from './filter.ts'

type Row = NonNullable<UsersQuery['users']>['nodes'][number]

const removed = 'removed with the account'

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    label: 'Name',
    sort: 'LAST_NAME',
    cell: (row) => <AppLink to={`/users/${encodeURIComponent(row.id)}`}>{row.displayName}</AppLink>,
  },
  { key: 'address', label: 'Primary address', sort: 'PRIMARY_EMAIL', cell: (row) => row.primaryEmail },
  {
    key: 'status',
    label: 'Status',
    cell: (row) => <StatusBadge status={row.status} deletedAt={row.deletedAt} />,
  },
  {
    key: 'roles',
    label: 'Roles',
    cell: ({ roles, deletedAt }) =>
      deletedAt ? (
        <RemovedCell />
      ) : roles === null ? (
        <UnknownCell />
      ) : (
        <Group gap={4}>
          {roles.map((role) => (
            <RoleBadge key={role.name} {...role} />
          ))}
        </Group>
      ),
  },
  {
    key: 'groups',
    label: 'Groups',
    cell: ({ groups, deletedAt }) => (deletedAt ? <RemovedCell /> : (groups?.totalCount ?? <UnknownCell />)),
  },
  {
    key: 'aliases',
    label: 'Aliases',
    cell: ({ aliases, deletedAt }) => (deletedAt ? <RemovedCell /> : (aliases?.length ?? <UnknownCell />)),
    optional: true,
  },
  { key: 'type', label: 'Type', cell: ({ type }) => type ?? <UnknownCell />, optional: true },
  {
    key: 'created',
    label: 'Created',
    sort: 'CREATED_AT',
    cell: (row) => <Time value={row.createdAt} />,
    optional: true,
  },
  {
    key: 'updated',
    label: 'Updated',
    sort: 'UPDATED_AT',
    cell: (row) => <Time value={row.updatedAt} />,
    optional: true,
  },
]

export function UsersView() {
  const { parameters, set } = useAddress()
  const filter = filterOf(parameters)
  const lifecycle = lifecycleOf(parameters)
  const orderBy = sortOf(parameters, userSorts)
  const read = useRead(UsersDocument, { filter, lifecycle, orderBy, ...pageArguments(parameters) })
  const { shown, menu } = useColumns(columns)
  const rows = useAllUsers({ filter, lifecycle, orderBy })
  const isFiltered = filterNames.some((name) => parameters.has(name))
  const page = { after: undefined, before: undefined }
  return (
    <>
      <PageTitle>Users</PageTitle>
      <div className="with-side">
        <Facets filter={filter} lifecycle={lifecycle} />
        <Panel
          title="Matching users"
          query={read.query}
          actions={
            <>
              {menu}
              <ExportButton name="users.csv" rows={rows} most={mostExported} />
            </>
          }
        >
          <Group mb="sm" gap="sm" align="end">
            <TextFilter key={parameters.get('text') ? 'set' : 'empty'} />
            <YesNo name="privileged" label="Privileged role" yes="Has one" no="Has none" />
            <YesNo name="groups" label="In a group" yes="Yes" no="No" />
            <NativeSelect
              label="Accounts"
              value={lifecycle}
              data={[
                { value: 'LIVE', label: 'Live' },
                { value: 'DELETED', label: 'Deleted' },
                { value: 'ANY', label: 'Live and deleted' },
              ]}
              onChange={({ currentTarget: { value } }) =>
                set({ lifecycle: value === 'LIVE' ? undefined : value, ...page })
              }
            />
            {isFiltered && (
              <Button
                variant="subtle"
                onClick={() => set({ ...Object.fromEntries(filterNames.map((name) => [name, undefined])), ...page })}
              >
                Clear filters
              </Button>
            )}
          </Group>
          <UnknownFilters known={knownFilters} />
          <Ready read={read} pick={(data) => data.users} rows={12}>
            {(users) =>
              users.totalCount === 0 ? (
                <Empty>No user matches. A filter on a value that is unknown does not match.</Empty>
              ) : (
                <>
                  <DataTable label="Users" rows={users.nodes} keyOf={({ id }) => id} columns={shown} />
                  <Pager pageInfo={users.pageInfo} total={users.totalCount} shown={users.nodes.length} />
                </>
              )
            }
          </Ready>
        </Panel>
      </div>
    </>
  )
}

function UnknownCell() {
  return (
    <Text span size="sm" c="dimmed" fs="italic">
      unknown
    </Text>
  )
}

/** The relations of a deleted account. They ended with it, and are on its page. */
function RemovedCell() {
  return (
    <Text span size="sm" c="dimmed" fs="italic">
      {removed}
    </Text>
  )
}

function TextFilter() {
  const { parameters, set } = useAddress()
  const [typed, setTyped] = useState(parameters.get('text') ?? '')
  const apply = useDebouncedCallback(
    (text: string) => set({ text, after: undefined, before: undefined }, { replace: true }),
    250,
  )
  return (
    <TextInput
      label="Name or address contains"
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value)
        apply(value)
      }}
    />
  )
}

function YesNo({ name, label, yes, no }: { name: string; label: string; yes: string; no: string }) {
  const { parameters, set } = useAddress()
  return (
    <NativeSelect
      label={label}
      value={parameters.get(name) ?? ''}
      data={[
        { value: '', label: 'Any' },
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      onChange={({ currentTarget: { value } }) => set({ [name]: value, after: undefined, before: undefined })}
    />
  )
}

const mostExported = 50_000

/** Reads all pages of the list, for the export. */
function useAllUsers(variables: { filter: UserFilter | undefined; lifecycle: string; orderBy: unknown }) {
  const { token, organization, asOf } = useSession()
  return () =>
    readAll(async (after) => {
      const page: object = { ...variables, organization, first: 500, after }
      const { users }: UsersQuery = await send(UsersDocument, page, { token, asOf })
      return {
        rows: users?.nodes.map(cellsOf) ?? [],
        next: users?.pageInfo.hasNextPage ? users.pageInfo.endCursor : null,
      }
    }, mostExported)
}

function cellsOf(user: Row): Record<string, string | number | null> {
  return {
    name: user.displayName,
    'primary address': user.primaryEmail,
    status: user.deletedAt ? 'DELETED' : (user.status ?? 'unknown'),
    type: user.type ?? 'unknown',
    roles: user.deletedAt ? removed : (user.roles?.map(({ name }) => name).join('; ') ?? 'unknown'),
    aliases: user.deletedAt ? removed : (user.aliases?.map(({ address }) => address).join('; ') ?? 'unknown'),
    groups: user.deletedAt ? removed : (user.groups?.totalCount ?? 'unknown'),
    created: user.createdAt,
    updated: user.updatedAt,
    deleted: user.deletedAt,
  }
}
