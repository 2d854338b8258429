/** The aliases of users, with their earlier spellings. */
import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment, searchKey } from './columns.ts'

export const aliases = pgTable(
  'aliases',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    userId: id('user_id').notNull(),
    address: text('address').notNull(),
    addressKey: text('address_key').notNull(),
    domain: text('domain').notNull(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to'),
    searchKey: searchKey(`split_part(address_key, '@', 1)`),
  },
  (t) => [
    // `search.ts` finds aliases by trigrams.
    index('aliases_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    // `load-stored-users.ts` and `alias.ts` read the aliases of a user.
    index('aliases_user').on(t.userId),
    // `user-access-paths.ts`, `identity.ts`, `edges.ts` and the finding rule ALIAS_SHADOWS_USER find the owners of an address.
    index('aliases_address').on(t.addressKey),
    // `prune.ts` finds ended aliases.
    index('aliases_ended').on(t.organizationId, t.validTo).where(sql`valid_to is not null`),
  ],
)

/**
 * Earlier spellings of an alias, each until `valid_to`. The next row has the spelling after that; after the last row,
 * it is the one in `aliases`.
 */
export const aliasSpellings = pgTable(
  'alias_spellings',
  {
    aliasId: id('alias_id').notNull(),
    organizationId: id('organization_id').notNull(),
    address: text('address').notNull(),
    validTo: moment('valid_to').notNull(),
  },
  (t) => [primaryKey({ columns: [t.aliasId, t.validTo] })],
)
