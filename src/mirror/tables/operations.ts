/** Work of many steps: its rows drive it. */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const operationKind = pgEnum('operation_kind', ['ONBOARDING', 'DEPROVISIONING', 'EMAIL_CHANGE'])

export const operationState = pgEnum('operation_state', [
  'QUEUED',
  'RUNNING',
  'SUCCEEDED',
  'PARTLY_FAILED',
  'FAILED',
  'CANCELLED',
])

export const itemState = pgEnum('item_state', ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED'])

/** Work of many requests, which outlives the process that began it. Whoever ends or takes an item holds this row's lock. */
export const operations = pgTable(
  'operations',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    kind: operationKind('kind').notNull(),
    state: operationState('state').notNull().default('QUEUED'),
    /** Counts what became different about it or its items, for those who watch. */
    revision: integer('revision').notNull().default(0),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    finishedAt: moment('finished_at'),
    createdBy: text('created_by').notNull(),
  },
  (t) => [
    index('operations_latest').on(t.organizationId, t.id),
    index('operations_unfinished').on(t.id).where(sql`finished_at is null`),
  ],
)

/** What an operation does about one user. Ids are drawn in the order of the list that was asked for. */
export const operationItems = pgTable(
  'operation_items',
  {
    id: id('id').primaryKey(),
    operationId: id('operation_id').notNull(),
    primaryEmail: text('primary_email').notNull(),
    domain: text('domain').notNull(),
    state: itemState('state').notNull().default('QUEUED'),
    /** What was asked for, without a password. */
    input: jsonb('input').notNull(),
    /** Sealed. Erased when the item succeeds or is cancelled, and 30 days after the operation was created. */
    password: text('password'),
    /** Whether the item was given a password; null in items of older versions where nothing tells. */
    passwordGiven: boolean('password_given'),
    /**
     * All that the vendor answered of the user before anything was changed, as JSON; null if there was no user before. Kept until the item has
     * succeeded, plus 30 days.
     */
    snapshot: text('snapshot'),
    /** Since when a deletion of the old account may have been carried out. From then on an email change is never undone. */
    committedAt: moment('committed_at'),
    /** `createdAt` of the account that this item created, as the vendor showed it first. Undo deletes no other account. */
    successorCreatedAt: text('successor_created_at'),
    /** How many requests it takes, as foreseen. */
    requests: integer('requests').notNull(),
    /** A lease, as that of a lock. A RUNNING item whose lease ran out waits for whoever takes it up again. */
    holder: text('holder'),
    heldUntil: moment('held_until').notNull().default(sql`'-infinity'`),
    /** How often it was taken up. */
    attempts: integer('attempts').notNull().default(0),
    /** Why it failed; of a RUNNING item: why what was done of it is being undone. */
    failure: jsonb('failure'),
    /** Why the attempt before a retry failed: a cancelled retry fails with it again. */
    lastFailure: jsonb('last_failure'),
    /** The user in the mirror, where there is one to show. */
    userId: id('user_id'),
  },
  (t) => [
    index('operation_items_state').on(t.operationId, t.state, t.id),
    index('operation_items_password').on(t.id).where(sql`password is not null`),
  ],
)

/** The journal of an item: a row for each request that changes something, made before it is sent. */
export const operationSteps = pgTable(
  'operation_steps',
  {
    itemId: id('item_id').notNull(),
    step: text('step').notNull(),
    /** What is needed to settle by reading whether it was carried out. No values of the user's. */
    facts: jsonb('facts').notNull(),
    sentAt: moment('sent_at').notNull().default(sql`clock_timestamp()`),
    /** When its answer was there, or a reading had shown that it was carried out; null: nobody knows yet. */
    doneAt: moment('done_at'),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.step] })],
)
