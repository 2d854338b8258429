import { and, eq, type SQL, sql } from 'drizzle-orm'
import { addressKey } from '../mirror/address.ts'
import { aliases, organizations, users } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { plannedQuery } from './drizzle-plan.ts'
import { isThere } from './filter.ts'
import { isStanding } from './live.ts'
import { User, type UserRow } from './user.ts'
import { type Asking, isVisible } from './visible.ts'

type Users = typeof users

const AddressKind = builder.enumType('AddressKind', {
  description: 'How an account bears an address.',
  values: {
    PRIMARY: { description: 'As its primary address.' },
    ALIAS: { description: 'As one of its aliases.' },
  },
})

interface IdentityShape {
  readonly address: string
  readonly user: UserRow | null
  readonly kind: 'PRIMARY' | 'ALIAS'
  readonly claimants: UserRow[]
}

const Identity = builder.objectRef<IdentityShape>('Identity').implement({
  description:
    'Primary beats alias. Where several accounts claim the address in the same way, user is null and claimants tell.',
  fields: (t) => ({
    address: t.field({
      type: 'EmailAddress',
      description: 'The address that was asked about.',
      resolve: ({ address }) => address,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description:
        'The live account behind the address; null where only deleted ones bore it, or where several claim it in the same way.',
      resolve: ({ user }) => user,
    }),
    kind: t.field({
      type: AddressKind,
      description: 'How the address is borne: PRIMARY where one claimant bears it so.',
      resolve: ({ kind }) => kind,
    }),
    claimants: t.field({
      type: [User],
      description:
        'Everyone that claims it, those whose primary address it is first: more than one is a collision. Where no live account does, the deleted ones that bore it.',
      resolve: ({ claimants }) => claimants,
    }),
  }),
})

builder.queryField('identity', (t) =>
  t.field({
    type: Identity,
    nullable: true,
    description:
      'Who stands behind an address: primary or alias, in any case, in every mirrored organization that there is for the caller. null where nobody ever bore it.',
    args: { address: t.arg({ type: 'EmailAddress', required: true, description: 'In any case.' }) },
    resolve: async (_root, { address }, context, info) => {
      const key = addressKey(address)
      const bearers = await context.drizzle.query.users.findMany(
        plannedQuery(context, info, 'User', [['user'], ['claimants']], bearersOf(context, key)),
      )
      // The plan's columns are known at run time only.
      return identityOf(address, key, bearers as object[] as Bearer[])
    },
  }),
)

type Bearer = UserRow & { readonly addressKey: string; readonly hasAliasNow: boolean }

/** Whoever bears the address or bore it: any life whose primary address it is, and any user that it was ever an alias of. */
function bearersOf(context: Asking, key: string): object {
  return {
    columns: { addressKey: true, primaryEmail: true, deletedAt: true },
    extras: { hasAliasNow: (user: Users) => hasAlias(user, key) },
    where: { RAW: (user: Users) => sql`${user.id} in (${bearerIds(context, key)})` },
    orderBy: (user: Users) => [user.addressKey, user.organizationId, user.id],
  }
}

function bearerIds(context: Asking, key: string): SQL {
  const there = isVisible(context, organizations)
  // Organization by organization, which is how the addresses are indexed.
  return sql`
    select ${users.id} from ${organizations} inner join ${users} on ${users.organizationId} = ${organizations.id}
     where ${there} and ${users.addressKey} = ${key}
    union
    select ${aliases.userId} from ${organizations} inner join ${aliases} on ${aliases.organizationId} = ${organizations.id}
     where ${there} and ${aliases.addressKey} = ${key}`
}

function hasAlias(user: Users, key: string): SQL {
  return isThere(aliases, and(eq(aliases.userId, user.id), eq(aliases.addressKey, key), isStanding(aliases)))
}

function identityOf(address: string, key: string, bearers: Bearer[]): IdentityShape | null {
  if (bearers.length === 0) return null
  const isPrimary = (user: Bearer) => user.addressKey === key
  const live = bearers.filter((user) => user.deletedAt === null && (isPrimary(user) || user.hasAliasNow))
  const claimants = live.length > 0 ? live : bearers.filter((user) => user.deletedAt !== null)
  const primary = claimants.filter(isPrimary)
  const strongest = primary.length > 0 ? primary : claimants
  return {
    address,
    user: (live.length > 0 && strongest.length === 1 && strongest[0]) || null,
    kind: primary.length > 0 ? 'PRIMARY' : 'ALIAS',
    claimants: [...primary, ...claimants.filter((user) => !isPrimary(user))],
  }
}
