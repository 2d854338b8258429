import type { GraphQLResolveInfo } from 'graphql'
import { addressKey } from '../mirror/address.ts'
import { builder, type RowOf } from './builder.ts'
import type { GraphContext } from './context.ts'
import { costs, fewItems } from './cost.ts'
import { plannedQuery } from './drizzle-plan.ts'
import { Freshness, freshnessColumns, freshnessOf } from './freshness.ts'
import { encodeGlobalId } from './global-id.ts'
import { alive } from './live.ts'
import { addNodeSource, numberedSource } from './node.ts'
import { organizationArg } from './organization.ts'
import { belongsTo, checkOneIsMeant } from './organization-scope.ts'
import { visibleTo } from './visible.ts'

export const UserType = builder.enumType('UserType', {
  description: 'What the vendor says an account is.',
  values: {
    USER: { description: 'An account of its own.' },
    ALIAS: { description: 'An account that the vendor keeps as an alias of another.' },
  },
})

export const UserStatus = builder.enumType('UserStatus', {
  description: 'Whether the vendor serves the account.',
  values: { ACTIVE: { description: 'It does.' }, INACTIVE: { description: 'It does not.' } },
})

export const User = builder.drizzleObject('users', {
  name: 'User',
  description:
    'One account at the vendor, or one life of it: what was deleted stays as a tombstone, with an id of its own.',
  interfaces: [builder.nodeInterfaceRef()],
  select: {
    columns: {
      id: true,
      primaryEmail: true,
      firstName: true,
      lastName: true,
      type: true,
      status: true,
      mailboxSize: true,
      createdAt: true,
      updatedAt: true,
      deletedAt: true,
    },
  },
  fields: (t) => ({
    id: t.id({
      description: 'Names this life of the account: a deleted and re-created address gets a new id.',
      resolve: ({ id }) => encodeGlobalId('User', id),
    }),
    organization: t.relation('organization', { description: 'The organization that the account belongs to.' }),
    primaryEmail: t.field({
      type: 'EmailAddress',
      description: 'The address that names the account at the vendor, as the vendor spells it.',
      resolve: ({ primaryEmail }) => primaryEmail,
    }),
    firstName: t.string({
      nullable: true,
      description: 'null: the vendor gave none.',
      resolve: ({ firstName }) => firstName,
    }),
    lastName: t.string({
      nullable: true,
      description: 'null: the vendor gave none.',
      resolve: ({ lastName }) => lastName,
    }),
    displayName: t.string({
      description: 'First and last name, or the one of them that is known; the primary address where neither is.',
      resolve: ({ firstName, lastName, primaryEmail }) =>
        [firstName, lastName].filter((name) => name?.trim()).join(' ') || primaryEmail,
    }),
    type: t.field({
      type: UserType,
      nullable: true,
      description: 'What the vendor says the account is; null: it has never said, or in a word that is not known.',
      resolve: ({ type }) => type,
    }),
    status: t.field({
      type: UserStatus,
      nullable: true,
      description: 'Whether the vendor serves the account; null: it did not say, or in a word that is not known.',
      resolve: ({ status }) => status,
    }),
    mailboxSize: t.int({
      nullable: true,
      description: 'In MB; null: the vendor gave none.',
      resolve: ({ mailboxSize }) => mailboxSize,
    }),
    spamPolicy: t.field({
      type: 'JSON',
      nullable: true,
      description: "The account's spam policy in the vendor's own words; null: the vendor gave none.",
      select: { columns: { spamPolicy: true } },
      resolve: ({ spamPolicy }) => spamPolicy,
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: "When the account began, by the vendor's word; null: the vendor did not say.",
      resolve: ({ createdAt }) => createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: "When the account last changed, by the vendor's word; null: the vendor did not say.",
      resolve: ({ updatedAt }) => updatedAt,
    }),
    freshness: t.field({
      type: Freshness,
      description: 'How old the values here are at most.',
      select: freshnessColumns,
      resolve: freshnessOf,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror learnt that it is gone; null for a live user.',
      resolve: ({ deletedAt }) => deletedAt,
    }),
  }),
})

export type UserRow = RowOf<typeof User>

/** The user of that id, live or not, with all that is selected below the field that is being resolved. */
export async function userById(
  context: GraphContext,
  info: GraphQLResolveInfo,
  id: number | null,
): Promise<UserRow | undefined> {
  if (id === null) return undefined
  return await context.drizzle.query.users.findFirst(plannedQuery(context, info, 'User', undefined, { where: { id } }))
}

/** The same of one whom the mirror surely has. */
export async function knownUser(context: GraphContext, info: GraphQLResolveInfo, id: number): Promise<UserRow> {
  const user = await userById(context, info, id)
  if (!user) throw new Error(`User ${id} is not in the mirror`)
  return user
}

builder.drizzleObjectField(User, 'previousLives', (t) =>
  t.field({
    type: [User],
    description: 'Earlier accounts of the same address, latest first.',
    extensions: costs({ size: fewItems }),
    select: (_args, _context, nested) => ({
      columns: { id: true },
      with: { lives: nested({ where: { deletedAt: { isNotNull: true } }, orderBy: { id: 'desc' } }) },
    }),
    // Ids are drawn in the order of the lives.
    resolve: ({ id, lives }) => lives.filter((life) => life.id < id),
  }),
)

addNodeSource(
  'User',
  numberedSource((ids, context, info) =>
    context.drizzle.query.users.findMany(
      plannedQuery(context, info, 'User', undefined, {
        where: { id: { in: ids }, ...visibleTo(context) },
      }),
    ),
  ),
)

builder.queryField('user', (t) =>
  t.drizzleField({
    type: User,
    nullable: true,
    description: 'The live user whose primary address this is; null where there is none.',
    args: {
      primaryEmail: t.arg({ type: 'EmailAddress', required: true, description: 'In any case.' }),
      ...organizationArg,
    },
    resolve: async (query, _root, { primaryEmail, organization }, context) => {
      const found = await context.drizzle.query.users.findFirst(
        query({
          where: {
            ...alive,
            addressKey: addressKey(primaryEmail),
            RAW: (table) => belongsTo(context, table.organizationId, organization),
          },
        }),
      )
      if (!found) await checkOneIsMeant(context, organization)
      return found
    },
  }),
)
