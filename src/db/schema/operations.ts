/** Multi-step operations. Their rows drive the work. */
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

/**
 * Multi-step work that outlives the process that started it. Code that ends or takes an item must hold this row's lock.
 */
export const operations = pgTable(
  'operations',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    kind: operationKind('kind').notNull(),
    state: operationState('state').notNull().default('QUEUED'),
    /** Incremented with each change of the operation or its items, for subscribers. */
    revision: integer('revision').notNull().default(0),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    finishedAt: moment('finished_at'),
    createdBy: text('created_by').notNull(),
  },
  (t) => [
    // `operations.ts` lists the operations of an organization, newest first.
    index('operations_latest').on(t.organizationId, t.id),
    // `due-work.ts` and `operation-work.ts` find operations with work to do.
    index('operations_unfinished').on(t.id).where(sql`finished_at is null`),
  ],
)

/** The work of an operation for one user. Ids follow the order of the requested list. */
export const operationItems = pgTable(
  'operation_items',
  {
    id: id('id').primaryKey(),
    operationId: id('operation_id').notNull(),
    primaryEmail: text('primary_email').notNull(),
    domain: text('domain').notNull(),
    state: itemState('state').notNull().default('QUEUED'),
    /** The requested input, without a password. */
    input: jsonb('input').notNull(),
    /** Encrypted. Erased when the item succeeds or is cancelled, and 30 days after the operation was created. */
    password: text('password'),
    /** Whether the item was given a password. Null in items of older versions if it is unknown. */
    passwordGiven: boolean('password_given'),
    /**
     * The vendor's complete response for the user before any change, as JSON. Null if there was no user. Kept until the
     * item has succeeded, plus 30 days.
     */
    snapshot: text('snapshot'),
    /** Since when the old account may have been deleted. From then on an email change is never undone. */
    committedAt: moment('committed_at'),
    /**
     * `createdAt` of the account that this item created, as the vendor first showed it. Undo deletes no other account.
     */
    successorCreatedAt: text('successor_created_at'),
    /** Estimated number of requests. */
    requests: integer('requests').notNull(),
    /** A lease. A RUNNING item whose lease has expired waits until a worker takes it. */
    holder: text('holder'),
    heldUntil: moment('held_until').notNull().default(sql`'-infinity'`),
    /** Number of times the item was started. */
    attempts: integer('attempts').notNull().default(0),
    /** Why it failed. For a RUNNING item: why its steps are being undone. */
    failure: jsonb('failure'),
    /** Why the attempt before a retry failed. A cancelled retry fails with it again. */
    lastFailure: jsonb('last_failure'),
    /** The user in the mirror, if there is one. */
    userId: id('user_id'),
  },
  (t) => [
    // `claim-item.ts` finds the next item of an operation; `operation-work.ts` asks whether there is one.
    index('operation_items_state').on(t.operationId, t.state, t.id),
    // `prune-operations.ts` and `check-secret-key.ts` find the stored passwords.
    index('operation_items_password').on(t.id).where(sql`password is not null`),
  ],
)

/** The journal of an item: one row per request that changes something, inserted before it is sent. */
export const operationSteps = pgTable(
  'operation_steps',
  {
    itemId: id('item_id').notNull(),
    step: text('step').notNull(),
    /** The facts needed to determine by reading whether the request was carried out. Contains no values of the user. */
    facts: jsonb('facts').notNull(),
    sentAt: moment('sent_at').notNull().default(sql`clock_timestamp()`),
    /** When the response arrived, or when a read showed that the request was carried out. Null: unknown so far. */
    doneAt: moment('done_at'),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.step] })],
)
