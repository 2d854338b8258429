import { eq, type SQL, sql } from 'drizzle-orm'
import { addressKey } from '../../addresses/address-key.ts'
import { aliases, organizations, users } from '../../db/schema/tables.ts'
import { given, type Value } from '../../planner/given.ts'
import { type Env, list, one, type Ref, type RefColumns, type RefSource, refTo } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { isStanding } from '../core/current-rows.ts'
import { isVisible } from '../core/tenant-visibility.ts'
import { User } from './user.ts'

type Users = typeof users

const AddressKind = builder.enumType('AddressKind', {
  description: 'How an address belongs to an account.',
  values: {
    PRIMARY: { description: 'The primary address of the account.' },
    ALIAS: { description: 'An alias of the account.' },
  },
})

type IdentityRow = Readonly<Record<'address' | 'kind' | 'owner' | 'claimants', SQL>>

/** Only an Identity returns the address as it is spelled in the reference. */
export function identityRef(address: string): Ref {
  return { type: 'Identity', by: 'name', id: null, name: addressKey(address), scope: address }
}

export const Identity = builder.objectRef<object>('Identity').implement({
  description:
    'The accounts behind an address. A primary address takes precedence over an alias. If several accounts ' +
    'have the address in the same way, `user` is null and `claimants` lists them.',
  extensions: {
    refs: {
      type: 'Identity',
      table: { columns: ['address', 'kind', 'owner', 'claimants'], of: identityOf },
      by: { name: () => sql`true` },
    } satisfies RefSource,
  },
  fields: (t) => ({
    address: t.field({
      type: 'EmailAddress',
      description: 'The requested address.',
      sql: ({ address }: IdentityRow) => address,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description:
        'The live account that owns the address. Null if only deleted accounts had it, or if several accounts ' +
        'have it in the same way.',
      sql: one({ table: users, where: (user: Users, { owner }: IdentityRow) => eq(user.id, owner) }),
    }),
    kind: t.field({
      type: AddressKind,
      description: 'How the address is used: PRIMARY if it is the primary address of a claimant, otherwise ALIAS.',
      sql: ({ kind }: IdentityRow) => kind,
    }),
    claimants: t.field({
      type: [User],
      extensions: costs({ size: fewItems }),
      description:
        'All live accounts with the address, those with it as primary address first. More than one is a ' +
        'collision. If there is no live account, the deleted accounts that had it.',
      sql: list({
        table: users,
        where: (user: Users, { claimants }: IdentityRow) => sql`${user.id} = any(${claimants})`,
        orderBy: (user, _node, { claimants }) => [sql`array_position(${claimants}, ${user.id})`],
      }),
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
    sql: refTo(({ address }: { address: Value<string> }) => given(address), identityRef),
  }),
)

/**
 * A query for one row, or none if no account has ever had the address. Primary addresses and aliases are looked up
 * separately, organization by organization, which is how the addresses are indexed.
 */
function identityOf({ name: key, scope: address }: RefColumns, _args: unknown, env: Env): SQL {
  const there = sql`any(array(select ${organizations.id} from ${organizations} where ${isVisible(env, organizations)}))`
  const hasAlias = sql`exists (select from ${aliases} where ${aliases.userId} = ${users.id}
    and ${aliases.addressKey} = ${key} and ${isStanding(aliases)})`
  const bearers = sql`
    select ${users.id} as id, ${users.addressKey} = ${key} as is_primary, ${users.deletedAt} is not null as is_deleted,
      ${users.deletedAt} is null and (${users.addressKey} = ${key} or ${hasAlias}) as is_live,
      ${users.addressKey} as address_key, ${users.organizationId} as organization_id
    from ${users} where ${users.organizationId} = ${there} and ${users.addressKey} = ${key} or ${users.id} = any(array(
      select ${aliases.userId} from ${aliases} where ${aliases.organizationId} = ${there} and ${aliases.addressKey} = ${key}))`
  const claimants = sql`
    select *, case when any_live then is_live else is_deleted end as is_claimant
    from (select *, bool_or(is_live) over () as any_live from (${bearers}) bearer) bearer`
  const claiming = sql`count(*) filter (where is_claimant)`
  const primary = sql`count(*) filter (where is_claimant and is_primary)`
  const found = sql`
    select bool_or(any_live) and coalesce(nullif(${primary}, 0), ${claiming}) = 1 as is_owned,
      case when ${primary} > 0 then 'PRIMARY' else 'ALIAS' end as kind,
      coalesce(array_agg(id order by not is_primary, address_key, organization_id, id) filter (where is_claimant), '{}') as claimants
    from (${claimants}) claimant having count(*) > 0`
  return sql`select ${address} as address, kind, claimants, case when is_owned then claimants[1] end as owner from (${found}) found`
}
