import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { roleGrants, roles, users } from '../../db/schema/tables.ts'
import { roleName } from '../../mirror/role-name.ts'
import { given, type Value } from '../../planner/given.ts'
import { list, one, page } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { isStanding } from '../core/current-rows.ts'
import { globalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import { assertOrganizationKnown, belongsTo, checkOneIsMeant } from '../core/organization-argument.ts'
import { checkedText } from '../core/user-input-error.ts'
import { Organization, organizationArg, organizationOfRow } from '../organization/organization.ts'
import { connectionType, pageArgs } from '../pagination/connection.ts'
import { keyOrder } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { User } from '../user/user.ts'
import { UserEdge } from '../user/users.ts'

type RoleGrants = typeof roleGrants
type Roles = typeof roles
type Users = typeof users

export const Role = builder.objectRef<object>('Role').implement({
  description: 'A role of the vendor, which grants rights to its holders.',
  interfaces: [Node],
  extensions: nodeRows('Role', roles, { named: (row, name) => sql`${row.name} = ${name}` }),
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the role.',
      sql: (row: Roles) => globalId('Role', row.id),
    }),
    organization: t.field({
      type: Organization,
      description: 'The organization that the role belongs to.',
      sql: organizationOfRow,
    }),
    name: t.string({
      description: "The vendor's name of the role, e.g. ADMINISTRATOR.",
      sql: (row: Roles) => row.name,
    }),
    privileged: t.boolean({
      description:
        'Whether the role is privileged, according to the configuration of the server (PRIVILEGED_ROLES). By default, ' +
        'every role except USER is.',
      sql: (row: Roles) => row.privileged,
    }),
  }),
})

const holders = keyOrder<RoleGrants>('holders', 'userId')

/** The edge does not show the role grant, so it is the edge of any list of users. */
const RoleUserConnection = connectionType('RoleUserConnection', {
  items: 'the users that hold a role',
  node: User,
  edge: UserEdge,
})

builder.objectField(Role, 'users', (t) =>
  t.field({
    type: RoleUserConnection,
    description: 'The users that hold the role, in the order in which the mirror first observed them.',
    // Counting the role that every user holds takes 15 to 20 ms.
    extensions: costs({ size: pageSize, page: { count: 1_000 } }),
    args: pageArgs,
    sql: page({
      table: roleGrants,
      where: (grant: RoleGrants, role: Roles) => and(eq(grant.roleId, role.id), isStanding(grant)),
      via: { table: users, on: (user: Users, grant: RoleGrants) => eq(user.id, grant.userId) },
      window: (args: PageArgs) => pageWindow(args, holders),
    }),
  }),
)

builder.objectField(User, 'roles', (t) =>
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
  }),
)

builder.objectField(Organization, 'roles', (t) =>
  t.field({
    type: [Role],
    description: 'The roles that the mirror has observed in the organization, sorted by name.',
    extensions: costs({ size: fewItems }),
    sql: list({
      table: roles,
      where: (role: Roles, organization: { readonly id: Users['id'] }) =>
        sql`${role.organizationId} = ${organization.id}`,
      orderBy: (role) => [role.name],
    }),
  }),
)

builder.queryFields((t) => ({
  role: t.field({
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
    check: ({ organization }, context) => checkOneIsMeant(context, organization),
  }),
  roles: t.field({
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
    check: ({ organization }, context) => assertOrganizationKnown(context, organization),
  }),
}))
