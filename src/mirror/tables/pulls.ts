/** Pulls, their pages, and whom they did not show. */
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

/** LISTING: pages are asked for. DELETIONS: those whom no page showed are asked for one by one. */
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
    /** Distinct users on its pages. */
    usersSeen: integer('users_seen').notNull().default(0),
    /** The vendor's own total, as last told. */
    usersExpected: integer('users_expected'),
    /** The deletions that were quarantined have been accepted. While another pull runs, one that is QUARANTINED waits for its end. */
    accepted: boolean('accepted').notNull().default(false),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    deleted: integer('deleted').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    /** What every answer of it carried of a user besides the profile, once it is complete: 1 roles, 2 aliases, 4 groups. */
    carried: smallint('carried'),
    /** How many distinct users it fell short of the vendor's total, where that ended it. */
    shortfall: integer('shortfall'),
    error: text('error'),
  },
  (t) => [
    uniqueIndex('pulls_one_running').on(t.organizationId).where(sql`state = 'RUNNING'`),
    index('pulls_latest').on(t.organizationId, t.id),
    /** Few of many: what every page and every read of a user asks for (organization-lock.ts). */
    index('pulls_undecided').on(t.organizationId).where(sql`state in ('RUNNING', 'QUARANTINED')`),
  ],
)

/** A page of a pull: kept in full until it is applied, then as the ids that it showed. */
export const pullPages = pgTable(
  'pull_pages',
  {
    pullId: id('pull_id').notNull(),
    kind: pageKind('kind').notNull(),
    page: integer('page').notNull(),
    organizationId: id('organization_id').notNull(),
    rows: integer('rows').notNull(),
    /** How many there are in all, as this page told. */
    total: integer('total'),
    /** A digest of the users or groups that it shows. */
    shown: text('shown'),
    sentAt: moment('sent_at').notNull(),
    arrivedAt: moment('arrived_at').notNull(),
    /** The answer as it came; null once applied. */
    body: text('body'),
    /** The users or groups that it showed; null until applied. */
    ids: bigint('ids', { mode: 'number' }).array(),
    /** What each of them carried besides the profile: 1 roles, 2 aliases, 4 groups. */
    carried: smallint('carried').array(),
    /** What came of each user: its place in `outcomes` (apply-users.ts). A user that comes on two pages counts once in the pull's figures. */
    outcomes: smallint('outcomes').array(),
    /** Addresses of rows that were left out, since another row has the same address in other letters; null: none. */
    twins: text('twins').array(),
    /** Rows whose time of creation contradicts what is known, counted while lists are not believed in this. */
    contradictions: integer('contradictions').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.pullId, t.kind, t.page] }), index('pull_pages_sent').on(t.organizationId, t.sentAt)],
)

/** Users whom a complete pull did not show: each is asked for before it is taken for deleted. */
export const pullCandidates = pgTable(
  'pull_candidates',
  {
    pullId: id('pull_id').notNull(),
    userId: id('user_id').notNull(),
    /** Asked for, and settled either way. */
    settled: boolean('settled').notNull().default(false),
    /** What the answer carried of one who is still there: the bits of `pull_pages.carried`. */
    carried: smallint('carried'),
    /** Why the vendor's answer says neither that the user exists nor that it is gone; null otherwise. */
    putOff: text('put_off'),
  },
  (t) => [primaryKey({ columns: [t.pullId, t.userId] })],
)
