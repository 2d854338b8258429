/** Lists of users: of the mirror, and of an organization. */
import type { InputShapeFromFields } from '@pothos/core'
import { aliasedTable, and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Matching } from '../../analysis/facets.ts'
import { type organizations, users } from '../../db/schema/tables.ts'
import { readCached } from '../../mirror/count-cache.ts'
import type { Value, Values } from '../../planner/given.ts'
import { page, same, type Window } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs, type FieldCost, inputCosts } from '../core/cost.ts'
import { isAlive } from '../core/current-rows.ts'
import { assertOrganizationKnown, resolveOrganization } from '../core/organization-argument.ts'
import type { Asking } from '../core/tenant-visibility.ts'
import { Organization, organizationArg } from '../organization/organization.ts'
import { countRows, type PathList, selectPageIds } from '../pagination/access-paths.ts'
import { connectionType, edgeType, pageArgs } from '../pagination/connection.ts'
import { type ListQuery, relatedPage, rootPage } from '../pagination/drizzle-plan.ts'
import { Direction, momentField, orderOf, textField } from '../pagination/order.ts'
import { type Page, type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { UserFacets } from './facets.ts'
import { User, type UserRow } from './user.ts'
import { accessPathsFor, orderedByAddress } from './user-access-paths.ts'
import { UserFilter, userCondition } from './user-filter.ts'

type Organizations = typeof organizations
type Users = typeof users

export const UserEdge = edgeType<object, UserRow>('UserEdge', {
  description: 'An edge in a connection of users.',
  node: User,
})

interface UserPage extends Page<UserRow, UserRow> {
  /** The users on all pages, which the facets count. */
  readonly matching: Matching
}

const UserConnection = connectionType<object, UserRow, UserPage>('UserConnection', {
  description: 'A page of users.',
  node: User,
  edge: UserEdge,
})

builder.objectField(UserConnection, 'facets', (t) =>
  t.field({
    type: UserFacets,
    nullable: true,
    description: 'Counts of the users on all pages, by value.',
    extensions: costs({}),
    sql: same(),
    resolve: ({ matching }) => matching,
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
  PRIMARY_EMAIL: { key: 'addressKey', kind: 'text', value: (user: Users) => user.addressKey },
  LAST_NAME: textField('orderLastName', (user: Users) => user.lastName),
  CREATED_AT: momentField('orderCreatedAt', (user: Users) => user.createdAt),
  UPDATED_AT: momentField('orderUpdatedAt', (user: Users) => user.updatedAt),
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

const UserOrder = builder.inputType('UserOrder', {
  description: 'A sort key for users.',
  fields: (t) => ({
    field: t.field({ type: UserOrderField, required: true, description: 'The field to sort by.' }),
    direction: t.field({
      type: Direction,
      required: true,
      defaultValue: 'ASC',
      description: 'The sort direction. Defaults to ASC.',
    }),
  }),
})

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

/** The part of a resolver's context, and of a plan, that the queries of a list depend on. */
interface Questioner extends Asking {
  readonly moment?: Value<string> | undefined
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
      ids: (args, _root, env, window) => userKeys(env, resolveOrganization(env, args.organization), args, window),
      count: (args, _root, env) => {
        const organizationId = resolveOrganization(env, args.organization)
        const count = countOfUsers(env, organizationId, args)
        return isOfLive(args) ? env.cached(organizationId, count) : sql`(${count})`
      },
      shown: (args, _root, env) => matchingOf(resolveOrganization(env, args.organization), args),
    }),
    resolve: async (_root, args, context, info) => {
      const organizationId = resolveOrganization(context, args.organization)
      const { order, where } = userList(args)
      const found = await rootPage<Users, UserRow>(context, info, {
        args,
        order,
        where: (user) => and(eq(user.organizationId, organizationId), where(user)),
        keys: (window) => userKeys(context, organizationId, args, window),
        count: () => countUsers(context, organizationId, args),
        table: users,
        typeName: 'User',
        findMany: (query) => context.drizzle.query.users.findMany(query),
        ifNothing: () => assertOrganizationKnown(context, args.organization),
      })
      return countable(found, resolveOrganization(context, args.organization), args)
    },
  }),
)

const organizationUsers = relatedPage<Users, UserListArgs, UserRow, UserRow>({
  coordinate: 'Organization.users',
  cost,
  relation: 'users',
  typeName: 'User',
  table: users,
  belongs: (user, organization) => eq(user.organizationId, organization.id),
  list: userList,
  keys: (args, context, organizationId, window) => userKeys(context, organizationId, args, window),
  count: (args, context, organizationId) => sql`(${countOfUsers(context, organizationId, args)})`,
})

builder.drizzleObjectField(Organization, 'users', (t) =>
  t.field({
    type: UserConnection,
    description: 'The users of the organization.',
    args: { ...userListArgs, ...pageArgs },
    sql: page({
      table: users,
      window: (args: UserListArgs) => pageWindow(args, userList(args).order),
      ids: (args, { id }: Organizations, env, window) => userKeys(env, sql`${id}`, args, window),
      count: (args, { id }, env) => sql`(${countOfUsers(env, sql`${id}`, args)})`,
    }),
    ...organizationUsers,
    resolve: (organization, args, context) =>
      countable(organizationUsers.resolve(organization, args, context), sql`${organization.id}::bigint`, args),
  }),
)

/** Returns the ids of a page's users (access-paths.ts). */
function userKeys(context: Questioner, organizationId: SQL, args: UserListArgs, window: Window<Users>): SQL {
  const { moment } = context
  const sourceOf = (user: Users, table: SQL) => ({
    table,
    id: sql`${user.id}`,
    within:
      and(
        eq(user.organizationId, organizationId),
        window.where(user),
        orderedByAddress(user.addressKey, args.filter?.primaryEmail),
      ) ?? sql`true`,
    orderBy: window.orderBy(user),
  })
  const list = { ...pathsOf(context, organizationId, args), source: sourceOf(users, sql`${users}`) }
  const isByAddress = userList(args).order.terms.every(({ key }) => key === 'addressKey' || key === 'id')
  if (moment === undefined || !isByAddress) return selectPageIds(list, window)
  // Addresses never change, so their order can be scanned in the current table. Most rows are the same as at the
  // moment; the others are looked up as they were then.
  const walked = aliasedTable(users, 'walked')
  const isAsItWas = sql`${walked.versionFrom} <= ${moment}::timestamptz and ${walked.deletedAt} is null`
  const seen = sql`coalesce((select true from ${users} where ${users.id} = ${walked.id} and ${list.condition} limit 1), false)`
  const was = sql`case when ${isAsItWas} then ${userList(args, organizationId).where(walked) ?? sql`true`} else ${seen} end`
  return selectPageIds(list, window, { source: sourceOf(walked, sql`public.users as walked`), condition: was })
}

/** Counts the users on all pages. Deleted users are pruned without a change event, so their counts are not cached. */
async function countUsers(context: GraphContext, organizationId: SQL, args: UserListArgs): Promise<number> {
  if (isOfLive(args)) {
    const question = countOfUsers(context, organizationId, args)
    return (await readCached<number>(context, organizationId, question)) ?? 0
  }
  const [row] = await context.drizzle.execute<{ count: number }>(
    sql`select (${countOfUsers(context, organizationId, args)}) as count`,
  )
  return Number(row?.count)
}

/** The maximum number of candidates for a count in the past. */
const fewInThePast = 50_000

/** Returns the count as a query. */
function countOfUsers(context: Questioner, organizationId: SQL, args: UserListArgs): SQL {
  const isOurs = eq(users.organizationId, organizationId)
  const all = sql`select count(*) from ${users} where ${and(isOurs, userList(args).where(users))}`
  const source = { table: sql`${users}`, id: sql`${users.id}`, within: isOurs, orderBy: [] }
  // In the past, users can only be counted one by one, so a larger candidate set is still cheaper.
  const few = context.moment === undefined ? undefined : fewInThePast
  const { paths, ...list } = pathsOf(context, organizationId, args, few)
  // The counts of access paths include only live users.
  return countRows(
    { ...list, paths: isOfLive(args) ? paths : paths.map(({ ids, few }) => ({ ids, few })), source },
    all,
  )
}

function isOfLive({ lifecycle }: UserListArgs): boolean {
  return (lifecycle ?? 'LIVE') === 'LIVE'
}

function pathsOf(
  { moment }: Questioner,
  organizationId: SQL,
  args: UserListArgs,
  few?: number,
): Omit<PathList, 'source'> {
  return {
    paths: accessPathsFor(args.filter, { organizationId, moment, few }),
    condition: userList(args, organizationId).where(users) ?? sql`true`,
    conditionOnPath: lives[args.lifecycle ?? 'LIVE'](users) ?? sql`true`,
  }
}

/** Returns the page with the users that its facets count. */
function countable(page: Page<UserRow, UserRow>, organizationId: SQL, args: UserListArgs): UserPage {
  return { ...page, matching: matchingOf(organizationId, args) }
}

function matchingOf(organizationId: SQL, args: UserListArgs): Matching {
  const condition = and(sql`${users.organizationId} = ${organizationId}`, userList(args).where(users)) ?? sql`true`
  const isLive = isOfLive(args)
  return { organizationId, condition, isLive, isEverybody: isLive && args.filter == null }
}

const lives: Record<'LIVE' | 'DELETED' | 'ANY', (user: Users) => SQL | undefined> = {
  LIVE: isAlive,
  DELETED: (user) => isNotNull(user.deletedAt),
  ANY: () => undefined,
}

function userList({ lifecycle, filter, orderBy }: UserListArgs, eachOf?: SQL) {
  return {
    order: orderOf<Users, keyof typeof orderFields>('users', orderFields, orderBy, 'PRIMARY_EMAIL'),
    where: (user: Users) => and(lives[lifecycle ?? 'LIVE'](user), userCondition(user, filter, eachOf)),
  } satisfies ListQuery<Users>
}
