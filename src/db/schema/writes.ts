/** Writes in progress, and the journals of idempotent ones. */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

/**
 * Locks that serialize writes to one user. A row is a lease that its holder renews, so a killed process releases it
 * automatically, and no transaction stays open during requests to the vendor.
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

/**
 * Writes with an idempotency key. Each is recorded before the vendor is called, and kept for 24 hours. The input is
 * never stored in clear text.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** An HMAC of the caller and the idempotency key. */
    key: text('key').primaryKey(),
    /** An HMAC of the input. */
    input: text('input').notNull(),
    holder: text('holder').notNull(),
    /** A lease. If it has expired without an answer, the first caller's process has died. */
    heldUntil: moment('held_until').notNull(),
    /**
     * The requests sent to the vendor, by step, with the facts needed to determine by reading whether they were carried
     * out.
     */
    steps: jsonb('steps').notNull().default({}),
    /** The result, encrypted. Null until there is one. */
    answer: text('answer'),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    // `idempotency.ts` deletes old keys.
    index('idempotency_keys_created').on(t.createdAt),
  ],
)

/**
 * Recent writes that the vendor accepted, field by field. A copy that does not show one of them yet is out of date, and
 * no PUT is built from it. Values are stored as digests. Rows are kept for 20 minutes.
 */
export const recentWrites = pgTable(
  'recent_writes',
  {
    organizationId: id('organization_id').notNull(),
    addressKey: text('address_key').notNull(),
    /** `account`, a field, or a list and one of its entries, for example `groups grp_001`. */
    field: text('field').notNull(),
    /** A digest of the value. A copy must show it or, if `holds` is false, must no longer show it. */
    expected: text('expected').notNull(),
    holds: boolean('holds').notNull(),
    writtenAt: moment('written_at').notNull().default(sql`clock_timestamp()`),
    /** `updatedAt` of the vendor's copy that showed it. Null until one did. */
    updatedAt: moment('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.addressKey, t.field] }),
    // `recent-writes.ts` deletes old rows.
    index('recent_writes_written').on(t.writtenAt),
  ],
)

/** Writes that the vendor accepted but did not show in time. The sync keeps reading these users for 15 minutes. */
export const unsettledWrites = pgTable(
  'unsettled_writes',
  {
    organizationId: id('organization_id').notNull(),
    addressKey: text('address_key').notNull(),
    /** The address in the vendor's likely spelling. */
    primaryEmail: text('primary_email').notNull(),
    kind: text('kind', { enum: ['CREATE', 'CHANGE', 'DELETE'] }).notNull(),
    /** The deleted account, or the one that the mirror had at the address before the creation. */
    userId: id('user_id'),
    actor: text('actor').notNull(),
    reads: integer('reads').notNull().default(0),
    dueAt: moment('due_at').notNull(),
    endsAt: moment('ends_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.addressKey] })],
)

/** Identifies the SECRET_KEY of this database. One row. */
export const secretKeyCheck = pgTable('secret_key_check', {
  only: boolean('only').primaryKey().default(true),
  /** An HMAC of a constant. Equal for equal keys, and reveals nothing about the key. */
  mac: text('mac').notNull(),
  since: moment('since').notNull().default(sql`clock_timestamp()`),
})
