import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { GraphQLResolveInfo } from 'graphql'
import { addressKey } from '../../addresses/address-key.ts'
import { array } from '../../db/pg-array.ts'
import { aliases, organizations, type users } from '../../db/schema/tables.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs, fewItems } from '../core/cost.ts'
import { isStanding } from '../core/current-rows.ts'
import { type Asking, isVisible } from '../core/tenant-visibility.ts'
import { plannedQuery } from '../pagination/drizzle-plan.ts'
import { User, type UserRow } from './user.ts'

type Users = typeof users

const AddressKind = builder.enumType('AddressKind', {
  description: 'How an address belongs to an account.',
  values: {
    PRIMARY: { description: 'The primary address of the account.' },
    ALIAS: { description: 'An alias of the account.' },
  },
})

interface IdentityShape {
  readonly address: string
  readonly user: UserRow | null
  readonly kind: 'PRIMARY' | 'ALIAS'
  readonly claimants: UserRow[]
}

export const Identity = builder.objectRef<IdentityShape>('Identity').implement({
  description:
    'The accounts behind an address. A primary address takes precedence over an alias. If several accounts ' +
    'have the address in the same way, `user` is null and `claimants` lists them.',
  fields: (t) => ({
    address: t.field({
      type: 'EmailAddress',
      description: 'The requested address.',
      resolve: ({ address }) => address,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description:
        'The live account that owns the address. Null if only deleted accounts had it, or if several accounts ' +
        'have it in the same way.',
      resolve: ({ user }) => user,
    }),
    kind: t.field({
      type: AddressKind,
      description: 'How the address is used: PRIMARY if it is the primary address of a claimant, otherwise ALIAS.',
      resolve: ({ kind }) => kind,
    }),
    claimants: t.field({
      type: [User],
      extensions: costs({ size: fewItems }),
      description:
        'All live accounts with the address, those with it as primary address first. More than one is a ' +
        'collision. If there is no live account, the deleted accounts that had it.',
      resolve: ({ claimants }) => claimants,
    }),
  }),
})

builder.queryField('identity', (t) =>
  t.field({
    type: Identity,
    nullable: true,
    description:
      'Look up the accounts behind an address, primary or alias, in all organizations visible to the caller. ' +
      'Null if no account has ever had the address.',
    args: {
      address: t.arg({
        type: 'EmailAddress',
        required: true,
        description: 'The address to look up. Case-insensitive.',
      }),
    },
    resolve: async (_root, { address }, context, info) => {
      const found = await loadIdentities([addressKey(address)], context, info)
      const identity = found.get(addressKey(address))
      return identity && { ...identity, address }
    },
  }),
)

/**
 * Loads the accounts behind addresses, by address key, in one statement. An address that no account has ever had has no
 * entry.
 */
export async function loadIdentities(
  keys: readonly string[],
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<Map<string, IdentityShape>> {
  const planned = plannedQuery(context, info, 'User', [['user'], ['claimants']], bearersOf(context, keys))
  // The columns of the plan are known only at run time.
  const bearers = (await context.drizzle.query.users.findMany(planned)) as object[] as Bearer[]
  const byKey = new Map<string, Bearer[]>(keys.map((key) => [key, []]))
  for (const bearer of bearers) {
    for (const key of new Set([bearer.addressKey, ...(bearer.aliasesEver ?? [])])) byKey.get(key)?.push(bearer)
  }
  return new Map([...byKey].flatMap(([key, own]) => (own.length > 0 ? [[key, identityOf(key, own)]] : [])))
}

/** A user with the requested addresses that are, or ever were, its aliases; null if there are none. */
type Bearer = UserRow & {
  readonly addressKey: string
  readonly aliasesNow: string[] | null
  readonly aliasesEver: string[] | null
}

/**
 * Selects every user who has, or ever had, one of the addresses: every account with it as primary address, and every
 * user who ever had it as an alias.
 */
function bearersOf(context: Asking, keys: readonly string[]): object {
  return {
    columns: { addressKey: true, primaryEmail: true, deletedAt: true },
    extras: {
      aliasesNow: (user: Users) => aliasKeys(user, keys, isStanding(aliases)),
      aliasesEver: (user: Users) => aliasKeys(user, keys),
    },
    where: { RAW: (user: Users) => bears(context, user, keys) },
    orderBy: (user: Users) => [user.addressKey, user.organizationId, user.id],
  }
}

/**
 * Looks up primary addresses and aliases separately, organization by organization, which is how the addresses are
 * indexed.
 */
function bears(context: Asking, user: Users, keys: readonly string[]): SQL {
  const there = sql`any(array(select ${organizations.id} from ${organizations} where ${isVisible(context, organizations)}))`
  const asked = sql`any(${array(keys)}::text[])`
  return sql`(${user.organizationId} = ${there} and ${user.addressKey} = ${asked} or ${user.id} = any(array(
    select ${aliases.userId} from ${aliases} where ${aliases.organizationId} = ${there} and ${aliases.addressKey} = ${asked})))`
}

function aliasKeys(user: Users, keys: readonly string[], which?: SQL): SQL {
  const own = and(eq(aliases.userId, user.id), sql`${aliases.addressKey} = any(${array(keys)}::text[])`, which)
  return sql`(select json_agg(distinct ${aliases.addressKey}) from ${aliases} where ${own})`
}

function identityOf(key: string, bearers: Bearer[]): IdentityShape {
  const isPrimary = (user: Bearer) => user.addressKey === key
  const live = bearers.filter((user) => user.deletedAt === null && (isPrimary(user) || user.aliasesNow?.includes(key)))
  const claimants = live.length > 0 ? live : bearers.filter((user) => user.deletedAt !== null)
  const primary = claimants.filter(isPrimary)
  const strongest = primary.length > 0 ? primary : claimants
  return {
    address: key,
    user: (live.length > 0 && strongest.length === 1 && strongest[0]) || null,
    kind: primary.length > 0 ? 'PRIMARY' : 'ALIAS',
    claimants: [...primary, ...claimants.filter((user) => !isPrimary(user))],
  }
}
