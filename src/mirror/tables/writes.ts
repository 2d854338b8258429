/** Writes under way, and what is known of those that may be repeated. */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
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

/**
 * What the vendor accepted lately, field by field: a copy that does not show it yet is out of date, and no PUT is built from it. Values are
 * kept as digests. Rows are kept for 20 minutes.
 */
export const recentWrites = pgTable(
  'recent_writes',
  {
    organizationId: id('organization_id').notNull(),
    addressKey: text('address_key').notNull(),
    /** `account`, a field, or a list and an entry of it: `groups grp_001`. */
    field: text('field').notNull(),
    /** A digest of the value that a copy has to show or, if `holds` is false, must not show any more. */
    expected: text('expected').notNull(),
    holds: boolean('holds').notNull(),
    writtenAt: moment('written_at').notNull().default(sql`clock_timestamp()`),
    /** `updatedAt` of the vendor's copy that showed it; null until one did. */
    updatedAt: moment('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.addressKey, t.field] }),
    index('recent_writes_written').on(t.writtenAt),
  ],
)

/** Writes that the vendor accepted and did not show in time. The sync goes on reading these users, for 15 minutes. */
export const unsettledWrites = pgTable(
  'unsettled_writes',
  {
    organizationId: id('organization_id').notNull(),
    addressKey: text('address_key').notNull(),
    /** As the vendor is likely to spell it. */
    primaryEmail: text('primary_email').notNull(),
    kind: text('kind', { enum: ['CREATE', 'CHANGE', 'DELETE'] }).notNull(),
    /** The account that was deleted, or that the mirror had at the address before the creation. */
    userId: id('user_id'),
    actor: text('actor').notNull(),
    reads: integer('reads').notNull().default(0),
    dueAt: moment('due_at').notNull(),
    endsAt: moment('ends_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.addressKey] })],
)

/** Which SECRET_KEY this database is used with. One row. */
export const secretKeyCheck = pgTable('secret_key_check', {
  only: boolean('only').primaryKey().default(true),
  /** An HMAC by the key of a constant: equal for equal keys, and tells nothing about the key. */
  mac: text('mac').notNull(),
  since: moment('since').notNull().default(sql`clock_timestamp()`),
})
