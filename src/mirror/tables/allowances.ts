/** How many requests a key may have. */
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

/** One row for each API key, and one for each request that it may have under way or behind it within the window. */
export const allowances = pgTable('allowances', {
  key: text('key').primaryKey(),
  requestsPerWindow: integer('requests_per_window').notNull(),
  /** How many rows it has in allowance_slots: they are made as they are needed, and one that is not yet made is free. */
  slots: integer('slots').notNull().default(0),
  pausedUntil: moment('paused_until'),
})

export const allowanceSlots = pgTable(
  'allowance_slots',
  {
    key: text('key').notNull(),
    slot: integer('slot').notNull(),
    freeAt: moment('free_at').notNull().default(sql`'-infinity'`),
    /** Counts the takings: only the last taker may give the slot back. */
    token: id('token').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.key, t.slot] }), index('allowance_slots_free').on(t.key, t.freeAt)],
)
