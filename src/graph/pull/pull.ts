/** Pulls: their requests, their progress and the differences that they found. */
import { sql } from 'drizzle-orm'
import { type pullState, pulls, type pullTrigger } from '../../db/schema/tables.ts'
import { columns } from '../../planner/json-text.ts'
import { builder, Node } from '../builder.ts'
import { globalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import { connectionType } from '../pagination/connection.ts'

type Pulls = typeof pulls

const PullState = builder.enumType('PullState', {
  description: 'The state of a pull.',
  values: {
    RUNNING: { description: 'In progress.' },
    COMPLETE: {
      description: 'Completed: everything was read from the vendor, and missing users were verified and deleted.',
    },
    FAILED: {
      description:
        'Failed: the pull was interrupted, or it found over 1 % fewer users than the vendor reports. Nothing was ' +
        'deleted.',
    },
    QUARANTINED: {
      description:
        'The pull would delete or replace more than 20 % of the users or groups of an organization with at least ' +
        '25 of them, so a person must decide; see `resolveQuarantine`. Also the state of an accepted pull that ' +
        'waits for another pull to end.',
    },
    DISCARDED: { description: 'The quarantined deletions were rejected.' },
  } satisfies Record<(typeof pullState.enumValues)[number], object>,
})

const PullTrigger = builder.enumType('PullTrigger', {
  description: 'The reason why a pull was started.',
  values: {
    SCHEDULE: { description: 'Started by the schedule.' },
    REQUEST: { description: 'Requested by a caller.' },
    START: { description: 'Started because the organization was added to the mirror.' },
  } satisfies Record<(typeof pullTrigger.enumValues)[number], object>,
})

// While users are listed, the pull's own figures are not final and are computed from its pages. After the pull its
// pages are removed, and its figures are final.
const isListing = (pull: Pulls) => sql`${pull.state} = 'RUNNING' and ${pull.phase} = 'LISTING'`
const seen = (pull: Pulls) => sql`case when ${isListing(pull)} then greatest(${pull.usersSeen}, (
  select coalesce(sum(page.rows), 0) from pull_pages page where page.pull_id = ${pull.id} and page.kind = 'USERS'))::int else ${pull.usersSeen} end`
const expected = (pull: Pulls) => sql`coalesce(${pull.usersExpected}, case when ${isListing(pull)} then (
  select page.total from pull_pages page where page.pull_id = ${pull.id} and page.kind = 'USERS' and page.total is not null
  order by page.page desc limit 1) end)`

export const Pull = builder.objectRef<object>('Pull').implement({
  description:
    "A complete read of the vendor's lists. A pull is COMPLETE only after its deletions have been verified " +
    'and applied. It does not wait for the relations of listed users to be read.',
  interfaces: [Node],
  extensions: nodeRows('Pull', pulls, { hasNoPast: true }),
  fields: (t) => ({
    id: t.id({ description: 'The global ID of the pull.', sql: (row: Pulls) => globalId('Pull', row.id) }),
    state: t.field({ type: PullState, description: 'The state of the pull.', sql: (row: Pulls) => row.state }),
    trigger: t.field({
      type: PullTrigger,
      description: 'The reason why the pull was started.',
      sql: (row: Pulls) => row.trigger,
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the pull started.',
      sql: (row: Pulls) => row.startedAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the pull ended or was quarantined. Null while it is running.',
      sql: (row: Pulls) => row.finishedAt,
    }),
    requests: t.int({
      description: 'Number of requests sent, including retries.',
      sql: (row: Pulls) => row.requests,
    }),
    retries: t.int({ description: 'Number of requests that were retries.', sql: (row: Pulls) => row.retries }),
    rateLimited: t.int({
      description: 'Number of requests that the vendor rejected as rate limited.',
      sql: (row: Pulls) => row.rateLimited,
    }),
    usersSeen: t.int({
      description:
        'Number of distinct users found. While users are being listed, a user that moved to another page can be ' +
        'counted twice.',
      sql: seen,
    }),
    usersExpected: t.int({
      nullable: true,
      description: 'The total number of users that the vendor reports. Null if the vendor does not report it.',
      sql: expected,
    }),
    progress: t.float({
      description:
        'The progress from 0 to 1: users found divided by users expected. Less than 1 until the pull is COMPLETE.',
      sql: (row: Pulls) => columns({ state: row.state, phase: row.phase, seen: seen(row), expected: expected(row) }),
      compute: progressOf,
    }),
    created: t.int({ description: 'Number of users created in the mirror.', sql: (row: Pulls) => row.created }),
    updated: t.int({ description: 'Number of users that changed.', sql: (row: Pulls) => row.updated }),
    deleted: t.int({ description: 'Number of users that were deleted.', sql: (row: Pulls) => row.deleted }),
    unchanged: t.int({ description: 'Number of users that did not change.', sql: (row: Pulls) => row.unchanged }),
    error: t.string({
      nullable: true,
      description: 'A human-readable explanation of why the pull failed or is waiting. Null otherwise.',
      sql: (row: Pulls) => row.error,
    }),
  }),
})

export const PullConnection = connectionType('PullConnection', { items: 'pulls', node: Pull })

interface Progress {
  readonly state: (typeof pullState.enumValues)[number]
  readonly phase: 'LISTING' | 'DELETIONS'
  readonly seen: number
  readonly expected: number | null
}

/** The vendor's total can be too small. Progress is therefore capped below 1 until the pull is complete. */
function progressOf({ state, phase, seen, expected }: Progress): number {
  if (state === 'COMPLETE') return 1
  if (phase === 'DELETIONS') return 0.99
  return expected ? Math.min(0.99, seen / expected) : 0
}
