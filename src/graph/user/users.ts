/** Lists of users: of the mirror, and of an organization. */
import type { InputShapeFromFields } from '@pothos/core'
import { aliasedTable, and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Matching } from '../../analysis/facets.ts'
import { type organizations, users } from '../../db/schema/tables.ts'
import type { Value, Values } from '../../planner/given.ts'
import { type Env, type Keys, page, same, type Window } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, type FieldCost, inputCosts } from '../core/cost.ts'
import { isAlive } from '../core/current-rows.ts'
import { assertOrganizationKnown, resolveOrganization } from '../core/organization-argument.ts'
import { Organization, organizationArg } from '../organization/organization.ts'
import { countRows, opaque, type PathList, selectPageKeys } from '../pagination/access-paths.ts'
import { connectionType, edgeType, pageArgs } from '../pagination/connection.ts'
import { momentField, orderInput, orderOf, textField } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { UserFacets } from './facets.ts'
import { User } from './user.ts'
import { accessPathsFor, orderedByAddress } from './user-access-paths.ts'
import { onlyDomain } from './user-candidates.ts'
import { type Lookup, UserFilter, userCondition } from './user-filter.ts'

type Organizations = typeof organizations
type Users = typeof users

const listed = { items: 'users', node: User }
/** Also the edge of other lists of users. */
export const UserEdge = edgeType('UserEdge', listed)

const UserConnection = connectionType('UserConnection', { ...listed, edge: UserEdge })

builder.objectField(UserConnection, 'facets', (t) =>
  t.field({
    type: UserFacets,
    nullable: true,
    description: 'Counts of the users on all pages, by value.',
    extensions: costs({}),
    sql: same(),
  }),
)

/** A scan of all users: 80 ms. */
const walk = 4_000
const unindexed = inputCosts({ rows: walk })
/** Counting all users takes 50 ms. */
const cost = { size: pageSize, page: { count: 2_500 } } as const satisfies FieldCost

const Lifecycle = builder.enumType('Lifecycle', {
  description: 'Which accounts a list contains.',
  values: {
    LIVE: { description: 'Only live accounts.' },
    DELETED: { description: 'Only deleted accounts.', extensions: inputCosts({ rows: walk }) },
    ANY: { description: 'Live and deleted accounts.' },
  },
})

const orderFields = {
  PRIMARY_EMAIL: { kind: 'text', value: (user: Users) => user.addressKey },
  LAST_NAME: textField((user: Users) => user.lastName),
  CREATED_AT: momentField((user: Users) => user.createdAt),
  UPDATED_AT: momentField((user: Users) => user.updatedAt),
} as const

const UserOrderField = builder.enumType('UserOrderField', {
  description: 'The fields to sort users by. Sorting ignores case; unknown values sort as the lowest.',
  values: {
    PRIMARY_EMAIL: { description: 'Sort by primary address.' },
    LAST_NAME: { description: 'Sort by last name.', extensions: unindexed },
    CREATED_AT: { description: 'Sort by creation time, as reported by the vendor.', extensions: unindexed },
    UPDATED_AT: {
      description: 'Sort by the time of the last change, as reported by the vendor.',
      extensions: unindexed,
    },
  },
})

const UserOrder = orderInput('UserOrder', 'users', UserOrderField)

const userListArgs = builder.args((t) => ({
  lifecycle: t.field({
    type: Lifecycle,
    defaultValue: 'LIVE',
    description: 'Which accounts to return. Defaults to live users.',
  }),
  filter: t.field({
    type: UserFilter,
    description: 'Return only users that match this filter.',
    extensions: inputCosts({ rows: walk }),
  }),
  orderBy: t.field({
    type: [UserOrder],
    description:
      'Sort keys in order of precedence; ties are broken by creation order. Defaults to the primary address, ' +
      'ascending.',
  }),
}))

type UserListArgs = Values<InputShapeFromFields<typeof userListArgs>> & PageArgs

interface MirrorListArgs extends UserListArgs {
  readonly organization?: Value<string> | null | undefined
}

builder.queryField('users', (t) =>
  t.field({
    type: UserConnection,
    nullable: true,
    description: 'The users of an organization.',
    extensions: costs(cost),
    args: { ...organizationArg, ...userListArgs, ...pageArgs },
    sql: page({
      table: users,
      window: (args: MirrorListArgs) => pageWindow(args, userList(args).order),
      where: (user: Users, _root, args, env) => inOrder(user, resolveOrganization(env, args.organization), args),
      keys: (args, _root, env, window) => userKeys(env, resolveOrganization(env, args.organization), args, window),
      count: (args, _root, env) => {
        const organizationId = resolveOrganization(env, args.organization)
        const count = countOfUsers(env, organizationId, args)
        return isOfLive(args) ? sql`coalesce(${env.cached(organizationId, count)}, '0')` : sql`(${count})`
      },
      shown: (args, _root, env) => matchingOf(env, resolveOrganization(env, args.organization), args),
    }),
    check: ({ organization }, context) => assertOrganizationKnown(context, organization),
  }),
)

builder.objectField(Organization, 'users', (t) =>
  t.field({
    type: UserConnection,
    description: 'The users of the organization.',
    extensions: costs(cost),
    args: { ...userListArgs, ...pageArgs },
    sql: page({
      table: users,
      window: (args: UserListArgs) => pageWindow(args, userList(args).order),
      where: (user: Users, { id }: Organizations, args) => inOrder(user, sql`${id}`, args),
      keys: (args, { id }, env, window) => userKeys(env, sql`${id}`, args, window),
      count: (args, { id }, env) => sql`(${countOfUsers(env, sql`${id}`, args)})`,
      // The query is about the organization of each row, so its answer is not cached.
      shown: (args, { id }, env) => ({ ...matchingOf(env, sql`${id}`, args), isCached: false }),
    }),
  }),
)

/** Returns the condition of a list that is read in the order of an index, which a domain may precede. */
function inOrder(user: Users, organizationId: SQL, args: UserListArgs): SQL | undefined {
  const condition = userList(args, { eachOf: organizationId }).where(user)
  const domain = onlyDomain(args.filter?.domain)
  return and(
    eq(user.organizationId, organizationId),
    domain && sql`${user.domain} = ${domain}`,
    condition && opaque(condition),
  )
}

/** Whether an index has the users in the order of their addresses, and no other one can find fewer of them. */
function isOrderIndexed(env: Env, organizationId: SQL, args: UserListArgs): boolean {
  const isByAddress = (args.orderBy ?? []).every(({ field }) => field === 'PRIMARY_EMAIL')
  if (!isByAddress || env.moment !== undefined) return false
  const filter = onlyDomain(args.filter?.domain) ? { ...args.filter, domain: undefined } : args.filter
  return pathsOf(env, organizationId, { ...args, filter }).paths.length === 0
}

/** Returns the keys of a page's users (access-paths.ts). Undefined if the page is read in the order of an index. */
function userKeys(env: Env, organizationId: SQL, args: UserListArgs, window: Window<Users>): Keys | undefined {
  if (isOrderIndexed(env, organizationId, args)) return undefined
  const { moment } = env
  const column = moment === undefined ? 'ctid' : 'id'
  const sourceOf = (user: Users, table: SQL, name = table) => ({
    table,
    id: sql`${user.id}`,
    key: sql`${name}.${sql.identifier(column)}`,
    within:
      and(
        eq(user.organizationId, organizationId),
        window.where(user),
        orderedByAddress(user.addressKey, args.filter?.primaryEmail),
      ) ?? sql`true`,
    orderBy: window.orderBy(user),
  })
  const list = { ...pathsOf(env, organizationId, args), source: sourceOf(users, sql`${users}`) }
  const isByAddress = (args.orderBy ?? []).every(({ field }) => field === 'PRIMARY_EMAIL')
  if (moment === undefined || !isByAddress) return { column, array: selectPageKeys(list, window) }
  // Addresses never change, so their order can be scanned in the current table. Most rows are the same as at the
  // moment; the others are looked up as they were then.
  const walked = aliasedTable(users, 'walked')
  const isAsItWas = sql`${walked.versionFrom} <= ${moment}::timestamptz and ${walked.deletedAt} is null`
  const seen = sql`coalesce((select true from ${users} where ${users.id} = ${walked.id} and ${list.condition} limit 1), false)`
  const was = sql`case when ${isAsItWas} then ${userList(args, { eachOf: organizationId }).where(walked) ?? sql`true`} else ${seen} end`
  const source = sourceOf(walked, sql`public.users as walked`, sql`walked`)
  return { column, array: selectPageKeys(list, window, { source, condition: was }) }
}

/** The maximum number of candidates for a count in the past. */
const fewInThePast = 50_000

/** Returns the count as a query. */
function countOfUsers(env: Env, organizationId: SQL, args: UserListArgs): SQL {
  const isOurs = eq(users.organizationId, organizationId)
  const all = sql`select count(*) from ${users} where ${and(isOurs, userList(args, { isPast: env.moment !== undefined }).where(users))}`
  const source = { table: sql`${users}`, id: sql`${users.id}`, key: sql`${users.id}`, within: isOurs, orderBy: [] }
  // In the past, users can only be counted one by one, so a larger candidate set is still cheaper.
  const few = env.moment === undefined ? undefined : fewInThePast
  const { paths, ...list } = pathsOf(env, organizationId, args, few)
  // The counts of access paths include only live users.
  return countRows(
    { ...list, paths: isOfLive(args) ? paths : paths.map(({ count: _count, ...path }) => path), source },
    all,
  )
}

/** Deleted users are pruned without a change event, so their counts are not cached. */
function isOfLive({ lifecycle }: UserListArgs): boolean {
  return (lifecycle ?? 'LIVE') === 'LIVE'
}

function pathsOf({ moment }: Env, organizationId: SQL, args: UserListArgs, few?: number): Omit<PathList, 'source'> {
  return {
    paths: accessPathsFor(args.filter, { organizationId, moment, few }),
    condition: userList(args, { eachOf: organizationId }).where(users) ?? sql`true`,
    conditionOnPath: lives[args.lifecycle ?? 'LIVE'](users) ?? sql`true`,
  }
}

/** Returns the users on all pages, which the facets count. */
function matchingOf({ moment }: Env, organizationId: SQL, args: UserListArgs): Matching {
  const { where } = userList(args, { isPast: moment !== undefined })
  const condition = and(sql`${users.organizationId} = ${organizationId}`, where(users)) ?? sql`true`
  const isLive = isOfLive(args)
  return { organizationId, condition, isCached: isLive, isEverybody: isLive && args.filter == null }
}

const lives: Record<'LIVE' | 'DELETED' | 'ANY', (user: Users) => SQL | undefined> = {
  LIVE: isAlive,
  DELETED: (user) => isNotNull(user.deletedAt),
  ANY: () => undefined,
}

function userList({ lifecycle, filter, orderBy }: UserListArgs, lookup?: Lookup) {
  return {
    order: orderOf<Users, keyof typeof orderFields>('users', orderFields, orderBy, 'PRIMARY_EMAIL'),
    where: (user: Users) => and(lives[lifecycle ?? 'LIVE'](user), userCondition(user, filter, lookup)),
  }
}
