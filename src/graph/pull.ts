/** Pulls: what one asked of the vendor, how far it is, and what it found different. */
import { sql } from 'drizzle-orm'
import type { pullState, pulls, pullTrigger } from '../mirror/tables.ts'
import { builder, type RowOf } from './builder.ts'
import { connectionType, edgeType } from './connection.ts'
import { plannedQuery } from './drizzle-plan.ts'
import { encodeGlobalId } from './global-id.ts'
import { addNodeSource, numberedSource } from './node.ts'
import { visibleTo } from './visible.ts'

type Pulls = typeof pulls

const PullState = builder.enumType('PullState', {
  description: 'How a pull stands.',
  values: {
    RUNNING: { description: 'It is under way.' },
    COMPLETE: { description: 'All that the vendor has was read, and what was gone is deleted.' },
    FAILED: { description: 'It broke off, or fell short of what the vendor says it has; it deleted nothing.' },
    QUARANTINED: {
      description:
        'So much would be deleted that somebody must decide; or it is accepted, and waits for the end of another pull.',
    },
    DISCARDED: { description: 'Its deletions were thrown away.' },
  } satisfies Record<(typeof pullState.enumValues)[number], object>,
})

const PullTrigger = builder.enumType('PullTrigger', {
  description: 'What began a pull.',
  values: {
    SCHEDULE: { description: 'Its time had come.' },
    REQUEST: { description: 'Somebody asked for it.' },
    START: { description: 'The organization came to be mirrored.' },
  } satisfies Record<(typeof pullTrigger.enumValues)[number], object>,
})

// While users are listed, the pull's own figures are not final: its pages tell. Once it is over they are forgotten, and its figures stand.
const isListing = (pull: Pulls) => sql`${pull.state} = 'RUNNING' and ${pull.phase} = 'LISTING'`
const seen = (pull: Pulls) => sql<number>`case when ${isListing(pull)} then greatest(${pull.usersSeen}, (
  select coalesce(sum(page.rows), 0) from pull_pages page where page.pull_id = ${pull.id} and page.kind = 'USERS'))::int else ${pull.usersSeen} end`
const expected = (pull: Pulls) => sql<number | null>`coalesce(${pull.usersExpected}, case when ${isListing(pull)} then (
  select page.total from pull_pages page where page.pull_id = ${pull.id} and page.kind = 'USERS' and page.total is not null
  order by page.page desc limit 1) end)`

export const Pull = builder.drizzleObject('pulls', {
  name: 'Pull',
  description:
    'One reading of all that the vendor has. COMPLETE only when its deletions are verified and applied; reading the relations of users that were only listed does not hold it up.',
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
    id: t.id({ description: 'Names the pull in this graph.', resolve: ({ id }) => encodeGlobalId('Pull', id) }),
    state: t.field({ type: PullState, description: 'How it stands.', resolve: ({ state }) => state }),
    trigger: t.field({ type: PullTrigger, description: 'What began it.', resolve: ({ trigger }) => trigger }),
    startedAt: t.field({ type: 'DateTime', description: 'When it began.', resolve: ({ startedAt }) => startedAt }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, or went into quarantine; null while it is under way.',
      resolve: ({ finishedAt }) => finishedAt,
    }),
    requests: t.int({
      description: 'Requests that it sent, the repeated ones too.',
      resolve: ({ requests }) => requests,
    }),
    retries: t.int({ description: 'Those that repeated another.', resolve: ({ retries }) => retries }),
    rateLimited: t.int({
      description: 'Those that the vendor refused for being too many.',
      resolve: ({ rateLimited }) => rateLimited,
    }),
    usersSeen: t.int({
      description: 'Users on its pages; while they are being listed, one that moved to another page may count twice.',
      select: { extras: { seen } },
      resolve: (pull) => pull.seen,
    }),
    usersExpected: t.int({
      nullable: true,
      description: "The vendor's own total; null where it gave none.",
      select: { extras: { expected } },
      resolve: (pull) => pull.expected,
    }),
    progress: t.float({
      description: 'From 0 to 1: the users seen of those expected. Not 1 before it is COMPLETE.',
      select: { columns: { phase: true }, extras: { seen, expected } },
      resolve: progressOf,
    }),
    created: t.int({ description: 'Users that were new.', resolve: ({ created }) => created }),
    updated: t.int({ description: 'Users that had become different.', resolve: ({ updated }) => updated }),
    deleted: t.int({ description: 'Users that were gone.', resolve: ({ deleted }) => deleted }),
    unchanged: t.int({ description: 'Users that were as the mirror had them.', resolve: ({ unchanged }) => unchanged }),
    error: t.string({
      nullable: true,
      description: 'In plain words, why it failed or waits.',
      resolve: ({ error }) => error,
    }),
  }),
})

export type PullRow = RowOf<typeof Pull>

export const PullConnection = connectionType('PullConnection', {
  description: 'A page of pulls.',
  node: Pull,
  edge: edgeType<PullRow, PullRow>('PullEdge', { description: 'A pull in a list.', node: Pull }),
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

/** What the vendor's total leaves out is not foreseen, so that a listing is never at its end before it says so. */
function progressOf({ state, phase, seen, expected }: Progress): number {
  if (state === 'COMPLETE') return 1
  if (phase === 'DELETIONS') return 0.99
  return expected ? Math.min(0.99, seen / expected) : 0
}
