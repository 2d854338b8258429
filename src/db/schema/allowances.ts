/** The limit of each API key, and the requests of the last window. */
import { sql } from 'drizzle-orm'
import { index, integer, pgEnum, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const allowancePriority = pgEnum('allowance_priority', ['INTERACTIVE', 'BACKGROUND'])

/** One row per API key. */
export const allowances = pgTable('allowances', {
  key: text('key').primaryKey(),
  /**
   * The limit in force: the minimum of the limits of the process that took the last slot and of the requests in its
   * window.
   */
  requestsPerWindow: integer('requests_per_window').notNull(),
  /** Number of rows in allowance_slots, which are numbered from 0 and inserted on demand. */
  slots: integer('slots').notNull().default(0),
  /** Counts the slots taken. If it changed since a process counted the slots, the process must count again. */
  takes: id('takes').notNull().default(0),
  pausedUntil: moment('paused_until'),
  /** No request is sent with the credentials that have this digest before this time: the vendor has refused them. */
  refusedUntil: moment('refused_until'),
  refusedCredential: text('refused_credential'),
  /** How many requests the vendor has refused since it was last known to accept the credentials. */
  refusals: smallint('refusals').notNull().default(0),
  /** Until then requests wait: one asks the vendor whether it refuses the credentials, or only an area of them. */
  doubtedUntil: moment('doubted_until'),
  /** The token of the latest slot whose request the vendor accepted, with the credentials that have this digest. */
  acceptedToken: id('accepted_token').notNull().default(0),
  acceptedCredential: text('accepted_credential'),
})

/**
 * Areas, such as an organization of a partner, that the vendor refuses to credentials which it accepts otherwise. Also
 * refused credentials that the row of the allowance has no room for (`ofCredential`).
 */
export const allowanceRefusals = pgTable(
  'allowance_refusals',
  {
    key: text('key').notNull(),
    area: text('area').notNull(),
    credential: text('credential').notNull(),
    /** No request about the area is sent with these credentials before this time. */
    until: moment('until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.area] })],
)

/** One row per request that is in progress or was answered within the window. A row with a past `free_at` is free. */
export const allowanceSlots = pgTable(
  'allowance_slots',
  {
    key: text('key').notNull(),
    slot: integer('slot').notNull(),
    freeAt: moment('free_at').notNull().default(sql`'-infinity'`),
    /** `takes` of the key when the slot was taken. Only the last taker may return the slot. */
    token: id('token').notNull().default(0),
    priority: allowancePriority('priority').notNull().default('INTERACTIVE'),
    /** The caller on whose behalf the request was sent. Null for background work. */
    caller: text('caller'),
    /**
     * Until when the request counts as being in progress, unless the process that sent it extends this time. Null: it was
     * answered, or the key does not limit the requests in progress.
     */
    heldUntil: moment('held_until'),
    /** What the request is about, if the vendor may refuse that alone. */
    area: text('area'),
    /** The limit of the process that sent the request. The window around the request never exceeds it. */
    requestsPerWindow: integer('requests_per_window').notNull().default(10_000_000),
  },
  (t) => [
    primaryKey({ columns: [t.key, t.slot] }),
    // `slots.ts` finds the next free slot of a key.
    index('allowance_slots_free').on(t.key, t.freeAt),
  ],
)

/**
 * Recent waits for a slot, one row per priority and configured limit. They give background work its share, and make the
 * lower limit win.
 */
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
