/** Webhooks: who receives which events, what was delivered, and the events that the change feed does not contain. */
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgSequence, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const webhooks = pgTable('webhooks', {
  id: id('id').primaryKey().generatedAlwaysAsIdentity(),
  /** Null: the events of all organizations. */
  organizationId: id('organization_id'),
  url: text('url').notNull(),
  events: text('events').array().notNull(),
  /** Encrypted. */
  secret: text('secret').notNull(),
  /** The secret before the last rotation. Messages are signed with both until `previous_until`. */
  previousSecret: text('previous_secret'),
  previousUntil: moment('previous_until'),
  createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
  createdBy: text('created_by').notNull(),
  /** No attempt before this time, for any organization. */
  dueAt: moment('due_at').notNull().default(sql`'-infinity'`),
  /** Consecutive failed attempts, of all organizations. */
  failures: integer('failures').notNull().default(0),
  disabledAt: moment('disabled_at'),
  disabledReason: text('disabled_reason'),
  /** A lease. One worker at a time delivers the messages of a webhook. */
  holder: text('holder'),
  heldUntil: moment('held_until').notNull().default(sql`'-infinity'`),
})

/** How far a webhook has delivered the events of an organization. No row: nothing yet. */
export const webhookCursors = pgTable(
  'webhook_cursors',
  {
    webhookId: id('webhook_id').notNull(),
    organizationId: id('organization_id').notNull(),
    /** The `change_sets.last_position` and the `webhook_notices.position` of the last delivered events. */
    feedPosition: id('feed_position').notNull().default(0),
    noticePosition: id('notice_position').notNull().default(0),
    /** No attempt before this time. */
    dueAt: moment('due_at').notNull().default(sql`'-infinity'`),
    /** Failed attempts of the next message, and the time of the first of them. */
    failures: integer('failures').notNull().default(0),
    failingSince: moment('failing_since'),
  },
  (t) => [primaryKey({ columns: [t.webhookId, t.organizationId] })],
)

export const webhookNoticePositions = pgSequence('webhook_notice_positions')

/**
 * Events other than changes. Triggers insert them, in the transaction that causes them. Workers number them afterwards
 * (number-notices.ts), because the order of ids is not the order of commits.
 */
export const webhookNotices = pgTable(
  'webhook_notices',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    organizationId: id('organization_id').notNull(),
    /** Null: not numbered yet. */
    position: id('position'),
    type: text('type').notNull(),
    at: moment('at').notNull().default(sql`clock_timestamp()`),
    data: jsonb('data').notNull(),
  },
  (t) => [
    // `read-messages.ts` reads the notices of an organization in order.
    uniqueIndex('webhook_notices_position').on(t.organizationId, t.position),
    // `number-notices.ts` finds those without a number.
    index('webhook_notices_new').on(t.id).where(sql`position is null`),
    // `webhooks.ts` deletes old notices, and `replay.ts` finds the first of a time.
    index('webhook_notices_at').on(t.at),
  ],
)

/** One row per attempt. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    webhookId: id('webhook_id').notNull(),
    /** Null: a test message of a webhook for all organizations. */
    organizationId: id('organization_id'),
    messageId: text('message_id').notNull(),
    type: text('type').notNull(),
    at: moment('at').notNull().default(sql`clock_timestamp()`),
    /** 1 for the first attempt of a message. */
    attempt: integer('attempt').notNull(),
    milliseconds: integer('milliseconds').notNull(),
    /** The HTTP status. Null: there was no response. */
    status: integer('status'),
    /** Why the attempt failed. Null: it succeeded. */
    error: text('error'),
  },
  (t) => [
    // `webhooks.ts` reads the last deliveries of a webhook.
    index('webhook_deliveries_latest').on(t.webhookId, t.id),
    // `webhooks.ts` deletes old rows.
    index('webhook_deliveries_at').on(t.at),
  ],
)
