/** Writes under way, and what is known of those that may be repeated. */
import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

/**
 * Who writes to a user now: writes to the same one wait for each other. A row is a lease that its holder renews, so that one who was
 * killed frees it without a word, and no transaction stays open while the vendor is waited for.
 */
export const userLocks = pgTable(
  'user_locks',
  {
    organizationId: id('organization_id').notNull(),
    addressKey: text('address_key').notNull(),
    holder: text('holder').notNull(),
    heldUntil: moment('held_until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.addressKey] })],
)

/** Writes that may be repeated: each is put down here before the vendor is called, and kept for 24 hours. Nothing of the input is in clear. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** An HMAC of the caller and the key. */
    key: text('key').primaryKey(),
    /** An HMAC of what was asked for. */
    input: text('input').notNull(),
    holder: text('holder').notNull(),
    /** A lease, as that of a lock: past it, and without an answer, the first caller's process is gone. */
    heldUntil: moment('held_until').notNull(),
    /** What was sent to the vendor, by step, and what is needed to settle by reading whether it was carried out. */
    steps: jsonb('steps').notNull().default({}),
    /** The answer, sealed; null until there is one. */
    answer: text('answer'),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [index('idempotency_keys_created').on(t.createdAt)],
)

/** Which SECRET_KEY this database is used with. One row. */
export const secretKeyCheck = pgTable('secret_key_check', {
  only: boolean('only').primaryKey().default(true),
  /** An HMAC by the key of a constant: equal for equal keys, and tells nothing about the key. */
  mac: text('mac').notNull(),
  since: moment('since').notNull().default(sql`clock_timestamp()`),
})
