/** Pulls: their requests, their progress and the differences that they found. */
import { sql } from 'drizzle-orm'
import type { pullState, pulls, pullTrigger } from '../../db/schema/tables.ts'
import { builder, type RowOf } from '../builder.ts'
import { encodeGlobalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import { visibleTo } from '../core/tenant-visibility.ts'
import { connectionType, edgeType } from '../pagination/connection.ts'
import { plannedQuery } from '../pagination/drizzle-plan.ts'

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
const seen = (pull: Pulls) => sql<number>`case when ${isListing(pull)} then greatest(${pull.usersSeen}, (
  select coalesce(sum(page.rows), 0) from pull_pages page where page.pull_id = ${pull.id} and page.kind = 'USERS'))::int else ${pull.usersSeen} end`
const expected = (pull: Pulls) => sql<number | null>`coalesce(${pull.usersExpected}, case when ${isListing(pull)} then (
  select page.total from pull_pages page where page.pull_id = ${pull.id} and page.kind = 'USERS' and page.total is not null
  order by page.page desc limit 1) end)`

export const Pull = builder.drizzleObject('pulls', {
  name: 'Pull',
  description:
    "A complete read of the vendor's lists. A pull is COMPLETE only after its deletions have been verified " +
    'and applied. It does not wait for the relations of listed users to be read.',
  interfaces: [builder.nodeInterfaceRef()],
  select: {
    columns: {
      id: true,
      state: true,
      trigger: true,
      startedAt: true,
      finishedAt: true,
      requests: true,
      retries: true,
      rateLimited: true,
      created: true,
      updated: true,
      deleted: true,
      unchanged: true,
      error: true,
    },
  },
  fields: (t) => ({
    id: t.id({ description: 'The global ID of the pull.', resolve: ({ id }) => encodeGlobalId('Pull', id) }),
    state: t.field({ type: PullState, description: 'The state of the pull.', resolve: ({ state }) => state }),
    trigger: t.field({
      type: PullTrigger,
      description: 'The reason why the pull was started.',
      resolve: ({ trigger }) => trigger,
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the pull started.',
      resolve: ({ startedAt }) => startedAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the pull ended or was quarantined. Null while it is running.',
      resolve: ({ finishedAt }) => finishedAt,
    }),
    requests: t.int({
      description: 'Number of requests sent, including retries.',
      resolve: ({ requests }) => requests,
    }),
    retries: t.int({ description: 'Number of requests that were retries.', resolve: ({ retries }) => retries }),
    rateLimited: t.int({
      description: 'Number of requests that the vendor rejected as rate limited.',
      resolve: ({ rateLimited }) => rateLimited,
    }),
    usersSeen: t.int({
      description:
        'Number of distinct users found. While users are being listed, a user that moved to another page can be ' +
        'counted twice.',
      select: { extras: { seen } },
      resolve: (pull) => pull.seen,
    }),
    usersExpected: t.int({
      nullable: true,
      description: 'The total number of users that the vendor reports. Null if the vendor does not report it.',
      select: { extras: { expected } },
      resolve: (pull) => pull.expected,
    }),
    progress: t.float({
      description:
        'The progress from 0 to 1: users found divided by users expected. Less than 1 until the pull is COMPLETE.',
      select: { columns: { phase: true }, extras: { seen, expected } },
      resolve: progressOf,
    }),
    created: t.int({ description: 'Number of users created in the mirror.', resolve: ({ created }) => created }),
    updated: t.int({ description: 'Number of users that changed.', resolve: ({ updated }) => updated }),
    deleted: t.int({ description: 'Number of users that were deleted.', resolve: ({ deleted }) => deleted }),
    unchanged: t.int({ description: 'Number of users that did not change.', resolve: ({ unchanged }) => unchanged }),
    error: t.string({
      nullable: true,
      description: 'A human-readable explanation of why the pull failed or is waiting. Null otherwise.',
      resolve: ({ error }) => error,
    }),
  }),
})

export type PullRow = RowOf<typeof Pull>

export const PullConnection = connectionType('PullConnection', {
  description: 'A page of pulls.',
  node: Pull,
  edge: edgeType<PullRow, PullRow>('PullEdge', { description: 'An edge in a connection of pulls.', node: Pull }),
})

addNodeSource(
  'Pull',
  numberedSource(
    (ids, context, info) =>
      context.drizzle.query.pulls.findMany(
        plannedQuery(context, info, 'Pull', undefined, { where: { id: { in: ids }, ...visibleTo(context) } }),
      ),
    { hasNoPast: true },
  ),
)

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
