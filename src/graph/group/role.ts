import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { roleGrants, roles, users } from '../../db/schema/tables.ts'
import { roleName } from '../../mirror/role-name.ts'
import { given, type Value } from '../../planner/given.ts'
import { list, one, page, type RefSource } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { isStanding, standing } from '../core/current-rows.ts'
import { encodeGlobalId, globalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import { assertOrganizationKnown, belongsTo, checkOneIsMeant } from '../core/organization-argument.ts'
import { isOfVisible, organizationOf, visibleTo } from '../core/tenant-visibility.ts'
import { checkedText } from '../core/user-input-error.ts'
import { Organization, organizationArg, organizationOfRow } from '../organization/organization.ts'
import { connectionType, pageArgs } from '../pagination/connection.ts'
import { plannedQuery, relatedPage } from '../pagination/drizzle-plan.ts'
import { keyOrder } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { User, type UserRow } from '../user/user.ts'
import { UserEdge } from '../user/users.ts'

type RoleGrants = typeof roleGrants
type Roles = typeof roles
type Users = typeof users

const roleRefs: RefSource = {
  table: roles,
  by: {
    id: (row: Roles, { id }, env) => sql`${row.id} = ${id} and ${isOfVisible(env, row.organizationId)}`,
    scoped: (row: Roles, { name, scope }, env) =>
      sql`${row.name} = ${name} and ${row.organizationId} = ${organizationOf(scope, env)}`,
  },
}

export const Role = builder.drizzleObject('roles', {
  name: 'Role',
  description: 'A role of the vendor, which grants rights to its holders.',
  interfaces: [builder.nodeInterfaceRef()],
  extensions: { refs: roleRefs },
  select: { columns: { id: true, name: true, privileged: true } },
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the role.',
      sql: (row: Roles) => globalId('Role', row.id),
      resolve: ({ id }) => encodeGlobalId('Role', id),
    }),
    organization: t.relation('organization', {
      description: 'The organization that the role belongs to.',
      sql: organizationOfRow,
    }),
    name: t.string({
      description: "The vendor's name of the role, e.g. ADMINISTRATOR.",
      sql: (row: Roles) => row.name,
      resolve: ({ name }) => name,
    }),
    privileged: t.boolean({
      description:
        'Whether the role is privileged, according to the configuration of the server (PRIVILEGED_ROLES). By default, ' +
        'every role except USER is.',
      sql: (row: Roles) => row.privileged,
      resolve: ({ privileged }) => privileged,
    }),
  }),
})

addNodeSource(
  'Role',
  numberedSource((ids, context, info) =>
    context.drizzle.query.roles.findMany(
      plannedQuery(context, info, 'Role', undefined, {
        where: { id: { in: ids }, ...visibleTo(context) },
      }),
    ),
  ),
)

const holders = keyOrder<RoleGrants>('holders', 'userId')

/** The edge does not show the role grant, so it is the edge of any list of users. */
const RoleUserConnection = connectionType<object, UserRow>('RoleUserConnection', {
  description: 'A page of the users that hold a role.',
  node: User,
  edge: UserEdge,
})

builder.drizzleObjectField(Role, 'users', (t) =>
  t.field({
    type: RoleUserConnection,
    description: 'The users that hold the role, in the order in which the mirror first observed them.',
    args: pageArgs,
    sql: page({
      table: roleGrants,
      where: (grant: RoleGrants, role: Roles) => and(eq(grant.roleId, role.id), isStanding(grant)),
      via: { table: users, on: (user: Users, grant: RoleGrants) => eq(user.id, grant.userId) },
      window: (args: PageArgs) => pageWindow(args, holders),
    }),
    ...relatedPage<RoleGrants, PageArgs, object, UserRow>({
      coordinate: 'Role.users',
      // Counting the role that every user holds takes 15 to 20 ms.
      cost: { size: pageSize, page: { count: 1_000 } },
      relation: 'grants',
      via: 'user',
      typeName: 'User',
      table: roleGrants,
      belongs: (grant, role) => eq(grant.roleId, role.id),
      list: () => ({ order: holders, where: isStanding }),
    }),
  }),
)

builder.drizzleObjectField(User, 'roles', (t) =>
  t.field({
    type: [Role],
    nullable: true,
    description:
      "The user's roles, sorted by name. Null if they have not been read from the vendor yet; an empty list if " +
      'the user has none.',
    extensions: costs({ size: fewItems }),
    sql: list({
      table: roleGrants,
      where: (grant: RoleGrants, user: Users) => and(eq(grant.userId, user.id), isStanding(grant)),
      via: { table: roles, on: (role: Roles, grant: RoleGrants) => eq(role.id, grant.roleId) },
      orderBy: (_grant, role) => [role.name],
      known: (user) => isNotNull(user.rolesAt),
    }),
    select: (_args, _context, nested) => ({
      columns: { rolesAt: true },
      with: { grants: { where: standing, columns: {}, with: { role: nested() } } },
    }),
    resolve: ({ rolesAt, grants }) => (rolesAt === null ? null : grants.map(({ role }) => role).sort(byName)),
  }),
)

builder.drizzleObjectField(Organization, 'roles', (t) =>
  t.relation('roles', {
    description: 'The roles that the mirror has observed in the organization, sorted by name.',
    extensions: costs({ size: fewItems }),
    query: { orderBy: { name: 'asc' } },
    sql: list({
      table: roles,
      where: (role: Roles, organization: { readonly id: Users['id'] }) =>
        sql`${role.organizationId} = ${organization.id}`,
      orderBy: (role) => [role.name],
    }),
  }),
)

builder.queryFields((t) => ({
  role: t.drizzleField({
    type: Role,
    nullable: true,
    description: 'A role by name. Null if the mirror has not observed it.',
    args: {
      name: t.arg.string({
        required: true,
        description:
          "The vendor's name of the role. Names of documented roles match regardless of case, spaces, hyphens and " +
          'underscores; other names must match exactly.',
      }),
      ...organizationArg,
    },
    sql: one({
      table: roles,
      where: (
        role: Roles,
        _root: unknown,
        { name, organization }: { name: Value<string>; organization?: Value<string> | null },
        env,
      ) =>
        sql`${role.name} = ${given(name).map((text) => roleName(checkedText('name', text)))}::text
          and ${belongsTo(env, role.organizationId, organization)}`,
    }),
    resolve: async (query, _root, { name, organization }, context) => {
      const found = await context.drizzle.query.roles.findFirst(
        query({
          where: {
            name: roleName(checkedText('name', name)),
            RAW: (table) => belongsTo(context, table.organizationId, organization),
          },
        }),
      )
      if (!found) await checkOneIsMeant(context, organization)
      return found
    },
  }),
  roles: t.drizzleField({
    type: [Role],
    nullable: true,
    description: 'The roles that the mirror has observed in an organization, sorted by name.',
    extensions: costs({ size: fewItems }),
    args: organizationArg,
    sql: list({
      table: roles,
      where: (role: Roles, _root: unknown, { organization }: { organization?: Value<string> | null }, env) =>
        belongsTo(env, role.organizationId, organization),
      orderBy: (role) => [role.name],
    }),
    resolve: async (query, _root, { organization }, context) => {
      const found = await context.drizzle.query.roles.findMany(
        query({
          where: { RAW: (table) => belongsTo(context, table.organizationId, organization) },
          orderBy: { name: 'asc' },
        }),
      )
      if (found.length === 0) await assertOrganizationKnown(context, organization)
      return found
    },
  }),
}))

function byName(a: { name: string }, b: { name: string }): number {
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}
