/** Lists of users: the mirror's, and an organization's. */
import type { InputShapeFromFields } from '@pothos/core'
import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Matching } from '../analysis/facets.ts'
import { users } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { connectionType, edgeType, pageArgs } from './connection.ts'
import { type ListQuery, relatedPage, rootPage } from './drizzle-plan.ts'
import { UserFacets } from './facets.ts'
import { isAlive } from './live.ts'
import { Direction, momentField, orderOf, textField } from './order.ts'
import { Organization, organizationArg } from './organization.ts'
import { belongsTo, checkListIsMeant, organizationMeant } from './organization-scope.ts'
import type { Page, PageArgs } from './page.ts'
import { User, type UserRow } from './user.ts'
import { UserFilter, userCondition } from './user-filter.ts'

type Users = typeof users

export const UserEdge = edgeType<object, UserRow>('UserEdge', { description: 'A user in a list.', node: User })

const UserConnection = connectionType('UserConnection', {
  description: 'A page of users.',
  node: User,
  edge: UserEdge,
})

/** Which users a page is one of. */
const matchings = new WeakMap<object, Matching>()

builder.objectField(UserConnection, 'facets', (t) =>
  t.field({
    type: UserFacets,
    nullable: true,
    description: 'The users on all pages together, counted by what they have in common.',
    resolve: (page) => matchings.get(page),
  }),
)

const Lifecycle = builder.enumType('Lifecycle', {
  description: 'Which lives of accounts are meant.',
  values: {
    LIVE: { description: 'Those that there are.' },
    DELETED: { description: 'Those that are over.' },
    ANY: { description: 'Both.' },
  },
})

const orderFields = {
  PRIMARY_EMAIL: { key: 'addressKey', kind: 'text', value: (user: Users) => user.addressKey },
  LAST_NAME: textField('orderLastName', (user: Users) => user.lastName),
  CREATED_AT: momentField('orderCreatedAt', (user: Users) => user.createdAt),
  UPDATED_AT: momentField('orderUpdatedAt', (user: Users) => user.updatedAt),
} as const

const UserOrderField = builder.enumType('UserOrderField', {
  description: 'What users are sorted by. Letter case does not matter; what is not known comes before everything.',
  values: {
    PRIMARY_EMAIL: { description: 'The primary address.' },
    LAST_NAME: { description: 'The last name.' },
    CREATED_AT: { description: "When the account began, by the vendor's word." },
    UPDATED_AT: { description: "When the account last changed, by the vendor's word." },
  },
})

const UserOrder = builder.inputType('UserOrder', {
  description: 'One thing to sort by.',
  fields: (t) => ({
    field: t.field({ type: UserOrderField, required: true, description: 'What it is.' }),
    direction: t.field({ type: Direction, required: true, defaultValue: 'ASC', description: 'Which end comes first.' }),
  }),
})

const userListArgs = builder.args((t) => ({
  lifecycle: t.field({ type: Lifecycle, defaultValue: 'LIVE', description: 'Live users where nothing is said.' }),
  filter: t.field({ type: UserFilter, description: 'Only users for which this holds.' }),
  orderBy: t.field({
    type: [UserOrder],
    description:
      'The first thing counts first; users that are equal in all are sorted by age. By primary address where nothing is said.',
  }),
}))

type UserListArgs = InputShapeFromFields<typeof userListArgs> & PageArgs

builder.queryField('users', (t) =>
  t.field({
    type: UserConnection,
    nullable: true,
    description: 'The users of an organization.',
    args: { ...organizationArg, ...userListArgs, ...pageArgs },
    resolve: async (_root, args, context, info) => {
      const { order, where } = userList(args)
      const page = await rootPage<Users, UserRow>(context, info, {
        args,
        order,
        where: (user) => and(belongsTo(context, user.organizationId, args.organization), where(user)),
        table: users,
        typeName: 'User',
        findMany: (query) => context.drizzle.query.users.findMany(query),
        ifNothing: () => checkListIsMeant(context, args.organization),
      })
      return countable(page, organizationMeant(context, args.organization), args)
    },
  }),
)

const organizationUsers = relatedPage<Users, UserListArgs, UserRow, UserRow>({
  coordinate: 'Organization.users',
  relation: 'users',
  typeName: 'User',
  table: users,
  belongs: (user, organization) => eq(user.organizationId, organization.id),
  list: userList,
})

builder.drizzleObjectField(Organization, 'users', (t) =>
  t.field({
    type: UserConnection,
    description: 'Its users.',
    args: { ...userListArgs, ...pageArgs },
    ...organizationUsers,
    resolve: (organization, args, context) =>
      countable(organizationUsers.resolve(organization, args, context), sql`${organization.id}::bigint`, args),
  }),
)

/** The page, once it is known whom its facets are to count. */
function countable(page: Page<UserRow, UserRow>, organizationId: SQL, args: UserListArgs): Page<UserRow, UserRow> {
  const condition = and(sql`${users.organizationId} = ${organizationId}`, userList(args).where(users)) ?? sql`true`
  const isEverybody = (args.lifecycle ?? 'LIVE') === 'LIVE' && args.filter == null
  matchings.set(page, { organizationId, condition, isEverybody })
  return page
}

function userList({ lifecycle, filter, orderBy }: UserListArgs) {
  const lives: Record<'LIVE' | 'DELETED' | 'ANY', (user: Users) => SQL | undefined> = {
    LIVE: isAlive,
    DELETED: (user) => isNotNull(user.deletedAt),
    ANY: () => undefined,
  }
  return {
    order: orderOf<Users, keyof typeof orderFields>('users', orderFields, orderBy, 'PRIMARY_EMAIL'),
    where: (user: Users) => and(lives[lifecycle ?? 'LIVE'](user), userCondition(user, filter)),
  } satisfies ListQuery<Users>
}
