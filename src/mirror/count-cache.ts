/**
 * A cache of counts in an organization, valid until its mirror changes. `organizations.learnt_at` moves with every
 * difference, so a cached result is valid while it is unchanged. The statement that would compute the result also
 * checks this, and computes it only if needed: one statement, one snapshot, and no stale result. A result as of a
 * moment up to `learnt_at` is final and stays valid.
 *
 * Only for queries about live data: pruning deletes ended rows without moving `learnt_at`.
 */
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { LRUCache } from 'lru-cache'
import type { Drizzle } from '../db/database.ts'
import { isoOf } from '../db/timestamps.ts'

export interface Remembered {
  readonly organizationId: number
  readonly learntAt: string
  /** JSON. */
  readonly answer: string
}

/** The cache of one process: the most recently used results, up to `room`. */
export type CountCache = LRUCache<string, Remembered>

/** Maximum total length of queries and results, in characters. */
const room = 16 * 2 ** 20

export function openMemory(): CountCache {
  return new LRUCache({ maxSize: room, sizeCalculation: ({ answer }, key) => key.length + answer.length })
}

/** Caches an answer unless it was cached already. `learntAt`: as Postgres prints it. */
export function remember(memory: CountCache, key: string, { organizationId, learntAt, answer }: Remembered): void {
  // With '-infinity', the mirror has recorded no change, so its rows were written by other means that do not move
  // `learnt_at`.
  if (learntAt !== '-infinity') memory.set(key, { organizationId, learntAt, answer })
}

/** The context of a query. `moment` undefined: as of now. */
export interface Asked {
  readonly drizzle: Drizzle
  readonly memory: CountCache
  readonly moment?: string | undefined
}

const dialect = new PgDialect()

/**
 * Returns the result of `question`, a query for one JSON value about an organization. Undefined if there is no such
 * organization. `organizationId` is a query for its id that excludes organizations invisible to the caller.
 */
export async function readCached<Answer>(
  { drizzle, memory, moment }: Asked,
  organizationId: SQL,
  question: SQL,
): Promise<Answer | undefined> {
  const { sql: text, params } = dialect.sqlToQuery(sql`${organizationId} ${question}`)
  const key = JSON.stringify([moment ?? null, text, params])
  const known = memory.get(key)
  const stays = known !== undefined && moment !== undefined && moment <= isoOf(known.learntAt)
  const isKnown = known
    ? sql`(o.id = ${known.organizationId} and (${stays}::boolean or o.learnt_at = ${known.learntAt}))`
    : sql`false`
  const [row] = await drizzle.execute<{ id: number; learntAt: string; isKnown: boolean; answer: string | null }>(sql`
    select o.id, o.learnt_at as "learntAt", ${isKnown} as "isKnown",
      case when not ${isKnown} then (select to_json((${question}))::text) end as answer
    from organizations o where o.id = ${organizationId}`)
  if (!row) return undefined
  const answer = row.isKnown && known ? known.answer : (row.answer ?? 'null')
  if (!row.isKnown) remember(memory, key, { organizationId: Number(row.id), learntAt: row.learntAt, answer })
  return JSON.parse(answer) as Answer
}
