/** How many requests each API key may send, and who sent those of the last window. */
import { sql } from 'drizzle-orm'
import { index, integer, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const allowancePriority = pgEnum('allowance_priority', ['INTERACTIVE', 'BACKGROUND'])

/** One row for each API key. */
export const allowances = pgTable('allowances', {
  key: text('key').primaryKey(),
  /** The limit in force: the lowest of the process that took the last slot and of the requests in its window. */
  requestsPerWindow: integer('requests_per_window').notNull(),
  /** The rows in allowance_slots have smaller numbers. They are made as they are needed. */
  slots: integer('slots').notNull().default(0),
  /** Counts the slots that were taken. A taker that counted the slots before another take has to count again. */
  takes: id('takes').notNull().default(0),
  pausedUntil: moment('paused_until'),
})

/** One row for each request that is under way or was answered within the window; a row whose `free_at` is past is free. */
export const allowanceSlots = pgTable(
  'allowance_slots',
  {
    key: text('key').notNull(),
    slot: integer('slot').notNull(),
    freeAt: moment('free_at').notNull().default(sql`'-infinity'`),
    /** `takes` of the key when the slot was taken: only the last taker may give the slot back. */
    token: id('token').notNull().default(0),
    priority: allowancePriority('priority').notNull().default('INTERACTIVE'),
    /** The caller that the request was sent for; null for background work. */
    caller: text('caller'),
    /** The limit of the process that sent the request: the window around the request never holds more. */
    requestsPerWindow: integer('requests_per_window').notNull().default(10_000_000),
  },
  (t) => [primaryKey({ columns: [t.key, t.slot] }), index('allowance_slots_free').on(t.key, t.freeAt)],
)

/** A recent wait for a slot, one row for each priority and configured limit: background work keeps its floor, the lower limit wins. */
export const allowanceWaits = pgTable(
  'allowance_waits',
  {
    key: text('key').notNull(),
    priority: allowancePriority('priority').notNull(),
    requestsPerWindow: integer('requests_per_window').notNull(),
    until: moment('until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.priority, t.requestsPerWindow] })],
)
