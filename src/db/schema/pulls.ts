/** Pulls, their pages, and the users that they did not show. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const pullState = pgEnum('pull_state', ['RUNNING', 'COMPLETE', 'FAILED', 'QUARANTINED', 'DISCARDED'])

export const pullTrigger = pgEnum('pull_trigger', ['SCHEDULE', 'REQUEST', 'START'])

/** LISTING: pages are fetched. DELETIONS: users that no page showed are read one by one. */
export const pullPhase = pgEnum('pull_phase', ['LISTING', 'DELETIONS'])

export const pageKind = pgEnum('page_kind', ['GROUPS', 'USERS'])

export const pulls = pgTable(
  'pulls',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    state: pullState('state').notNull().default('RUNNING'),
    phase: pullPhase('phase').notNull().default('LISTING'),
    trigger: pullTrigger('trigger').notNull(),
    startedAt: moment('started_at').notNull().default(sql`clock_timestamp()`),
    finishedAt: moment('finished_at'),
    /** When its first request was sent. */
    firstSentAt: moment('first_sent_at'),
    requests: integer('requests').notNull().default(0),
    retries: integer('retries').notNull().default(0),
    rateLimited: integer('rate_limited').notNull().default(0),
    /** Number of distinct users on its pages. */
    usersSeen: integer('users_seen').notNull().default(0),
    /** The vendor's latest total. */
    usersExpected: integer('users_expected'),
    /**
     * The quarantined changes have been accepted. While another pull is running, an accepted pull stays QUARANTINED.
     */
    accepted: boolean('accepted').notNull().default(false),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    deleted: integer('deleted').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    /**
     * For a complete pull, the field groups that all of its responses carried besides the profile: 1 roles, 2 aliases,
     * 4 groups.
     */
    carried: smallint('carried'),
    /** By how many distinct users it fell short of the vendor's total, if it failed for that. */
    shortfall: integer('shortfall'),
    error: text('error'),
  },
  (t) => [
    // `pulls.ts` finds running pulls, of which an organization has one.
    uniqueIndex('pulls_one_running').on(t.organizationId).where(sql`state = 'RUNNING'`),
    // `mirror.ts` lists the pulls of an organization, newest first.
    index('pulls_latest').on(t.organizationId, t.id),
    // `organization-lock.ts` reads the undecided pulls for every page and point read. Holds few of many rows.
    index('pulls_undecided').on(t.organizationId).where(sql`state in ('RUNNING', 'QUARANTINED')`),
  ],
)

/** A page of a pull: the complete response until it is applied, then only the ids that it showed. */
export const pullPages = pgTable(
  'pull_pages',
  {
    pullId: id('pull_id').notNull(),
    kind: pageKind('kind').notNull(),
    page: integer('page').notNull(),
    organizationId: id('organization_id').notNull(),
    rows: integer('rows').notNull(),
    /** The vendor's total on this page. */
    total: integer('total'),
    /** A digest of the users or groups on the page. */
    shown: text('shown'),
    sentAt: moment('sent_at').notNull(),
    /** Null while the response that the page was cut from is still arriving: such a page does not exist yet for readers. */
    arrivedAt: moment('arrived_at'),
    /** The unmodified response. Null once applied. */
    body: text('body'),
    /** The ids of the users or groups on the page. Null until applied. */
    ids: bigint('ids', { mode: 'number' }).array(),
    /** The field groups that each of them carried besides the profile: 1 roles, 2 aliases, 4 groups. */
    carried: smallint('carried').array(),
    /**
     * The outcome of each user, as an index into `outcomes` (apply-users.ts). A user on two pages counts once in the
     * pull's figures.
     */
    outcomes: smallint('outcomes').array(),
    /** Addresses of skipped rows: another row has the same address in different case. Null: none. */
    twins: text('twins').array(),
    /**
     * Number of rows whose creation time contradicts the known one, counted while creation times in lists are
     * distrusted.
     */
    contradictions: integer('contradictions').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.pullId, t.kind, t.page] }),
    // `load-stored-users.ts` reads the pages sent since a time; `complete-pull.ts` deletes those before one.
    index('pull_pages_sent').on(t.organizationId, t.sentAt),
  ],
)

/** Users that a complete pull did not show. Each is read before it is treated as deleted. */
export const pullCandidates = pgTable(
  'pull_candidates',
  {
    pullId: id('pull_id').notNull(),
    userId: id('user_id').notNull(),
    /** The user was read, and the result is settled. */
    settled: boolean('settled').notNull().default(false),
    /** The field groups in the response of a user that still exists: the bits of `pull_pages.carried`. */
    carried: smallint('carried'),
    /** Why the user was deferred: the response showed neither that it exists nor that it is deleted. Null otherwise. */
    putOff: text('put_off'),
  },
  (t) => [primaryKey({ columns: [t.pullId, t.userId] })],
)
