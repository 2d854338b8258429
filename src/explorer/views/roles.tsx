/** Who can administer what: the roles, and who holds them. */
import { RolesDocument, type RolesQuery } from '../data/generated/graphql.ts'
import { useRead } from '../data/use-data.ts'
import { AppLink } from '../session/links.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { RoleBadge } from '../ui/badges.tsx'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'

type Row = NonNullable<RolesQuery['roles']>[number]

const columns: readonly Column<Row>[] = [
  { key: 'name', label: 'Role', cell: ({ name, privileged }) => <RoleBadge name={name} privileged={privileged} /> },
  { key: 'privileged', label: 'Privileged', cell: ({ privileged }) => (privileged ? 'Yes' : 'No') },
  {
    key: 'holders',
    label: 'Held by',
    cell: ({ name, users }) => (
      <AppLink to={`/users?${new URLSearchParams({ role: name })}`}>
        {users.totalCount.toLocaleString('en')} {users.totalCount === 1 ? 'user' : 'users'}
      </AppLink>
    ),
  },
  {
    key: 'inactive',
    label: 'Deactivated holders',
    cell: ({ name }) => (
      <AppLink to={`/users?${new URLSearchParams({ role: name, status: 'INACTIVE' })}`}>Show</AppLink>
    ),
  },
  {
    key: 'graph',
    label: 'Graph',
    cell: ({ id }) => <AppLink to={`/graph?of=${encodeURIComponent(id)}`}>Show</AppLink>,
  },
]

export function RolesView() {
  const read = useRead(RolesDocument, {})
  return (
    <>
      <PageTitle>Roles</PageTitle>
      <Panel title="Roles and their holders" query={read.query}>
        <Ready read={read} pick={(data) => data.roles}>
          {(roles) =>
            roles.length === 0 ? (
              <Empty>The mirror has observed no role.</Empty>
            ) : (
              <DataTable
                label="Roles"
                rows={roles.toSorted((a, b) => Number(b.privileged) - Number(a.privileged))}
                keyOf={({ id }) => id}
                columns={columns}
              />
            )
          }
        </Ready>
      </Panel>
    </>
  )
}
