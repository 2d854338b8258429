import type { GraphQLResolveInfo } from 'graphql'
import { addressKey } from '../../addresses/address-key.ts'
import { builder, type RowOf } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs, fewItems } from '../core/cost.ts'
import { alive } from '../core/current-rows.ts'
import { shownToWriters } from '../core/field-policy.ts'
import { encodeGlobalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import { belongsTo, checkOneIsMeant } from '../core/organization-argument.ts'
import { visibleTo } from '../core/tenant-visibility.ts'
import { organizationArg } from '../organization/organization.ts'
import { plannedQuery } from '../pagination/drizzle-plan.ts'
import { Freshness, freshnessColumns, freshnessOf } from './freshness.ts'

export const UserType = builder.enumType('UserType', {
  description: 'The type of an account, as reported by the vendor.',
  values: {
    USER: { description: 'A regular account.' },
    ALIAS: { description: 'An account that the vendor treats as an alias of another account.' },
  },
})

export const UserStatus = builder.enumType('UserStatus', {
  description: 'The status of an account.',
  values: {
    ACTIVE: { description: 'The account is active.' },
    INACTIVE: { description: 'The account is deactivated.' },
  },
})

export const User = builder.drizzleObject('users', {
  name: 'User',
  extensions: shownToWriters('id', 'primaryEmail'),
  description:
    'A user account at the vendor. Deleted accounts remain as tombstones. An account that is re-created at ' +
    'the same address is a new user with its own ID.',
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
      description: 'The global ID of the account. An account that is deleted and re-created gets a new ID.',
      resolve: ({ id }) => encodeGlobalId('User', id),
    }),
    organization: t.relation('organization', { description: 'The organization that the account belongs to.' }),
    primaryEmail: t.field({
      type: 'EmailAddress',
      description: 'The primary address, which identifies the account at the vendor, as the vendor spells it.',
      resolve: ({ primaryEmail }) => primaryEmail,
    }),
    firstName: t.string({
      nullable: true,
      description: 'The first name. Null if the vendor reports none.',
      resolve: ({ firstName }) => firstName,
    }),
    lastName: t.string({
      nullable: true,
      description: 'The last name. Null if the vendor reports none.',
      resolve: ({ lastName }) => lastName,
    }),
    displayName: t.string({
      description: 'First and last name, or the one of them that is known. The primary address if neither is known.',
      resolve: ({ firstName, lastName, primaryEmail }) =>
        [firstName, lastName].filter((name) => name?.trim()).join(' ') || primaryEmail,
    }),
    type: t.field({
      type: UserType,
      nullable: true,
      description:
        'The type of the account. Null if the vendor has never reported it, or reports an unrecognized value.',
      resolve: ({ type }) => type,
    }),
    status: t.field({
      type: UserStatus,
      nullable: true,
      description:
        'The status of the account. Null if the vendor does not report it, or reports an unrecognized value.',
      resolve: ({ status }) => status,
    }),
    mailboxSize: t.int({
      nullable: true,
      description: 'The mailbox size in MB. Null if the vendor reports none.',
      resolve: ({ mailboxSize }) => mailboxSize,
    }),
    spamPolicy: t.field({
      type: 'JSON',
      nullable: true,
      description: "The spam policy, in the vendor's format. Null if the vendor reports none.",
      select: { columns: { spamPolicy: true } },
      resolve: ({ spamPolicy }) => spamPolicy,
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the account was created, as reported by the vendor. Null if the vendor does not report it.',
      resolve: ({ createdAt }) => createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the account was last changed, as reported by the vendor. Null if the vendor does not report it.',
      resolve: ({ updatedAt }) => updatedAt,
    }),
    freshness: t.field({
      type: Freshness,
      description: "The maximum age of the user's values.",
      select: freshnessColumns,
      resolve: freshnessOf,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror observed that the account was deleted. Null for a live user.',
      resolve: ({ deletedAt }) => deletedAt,
    }),
  }),
})

export type UserRow = RowOf<typeof User>

/** Loads a user, live or deleted, with everything selected below the current field. */
export async function userById(
  context: GraphContext,
  info: GraphQLResolveInfo,
  id: number | null,
): Promise<UserRow | undefined> {
  if (id === null) return undefined
  return await context.drizzle.query.users.findFirst(plannedQuery(context, info, 'User', undefined, { where: { id } }))
}

/** Loads a user that is known to be in the mirror. */
export async function knownUser(context: GraphContext, info: GraphQLResolveInfo, id: number): Promise<UserRow> {
  const user = await userById(context, info, id)
  if (!user) throw new Error(`User ${id} is not in the mirror`)
  return user
}

builder.drizzleObjectField(User, 'previousLives', (t) =>
  t.field({
    type: [User],
    description: 'Earlier accounts with the same primary address, newest first.',
    extensions: costs({ size: fewItems }),
    select: (_args, _context, nested) => ({
      columns: { id: true },
      with: { lives: nested({ where: { deletedAt: { isNotNull: true } }, orderBy: { id: 'desc' } }) },
    }),
    // Ids are assigned in the order in which the accounts were observed.
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
    description: 'A live user by primary address. Null if there is none.',
    args: {
      primaryEmail: t.arg({
        type: 'EmailAddress',
        required: true,
        description: 'The primary address. Case-insensitive.',
      }),
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
