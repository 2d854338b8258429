/**
 * What was counted in an organization, kept for as long as its mirror stands still. `organizations.learnt_at` moves with every difference, so
 * that an answer is true while it is what it was. Whether it still is, is looked up by the statement that would count anew, which does so only
 * where it is not: one statement, one snapshot, and no answer that is old. Of a moment up to `learnt_at` nothing more will ever be learnt: an
 * answer about it stays.
 *
 * For questions about what is live alone: pruning takes from what has ended, and moves nothing.
 */
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { LRUCache } from 'lru-cache'
import type { Drizzle } from './database.ts'
import { isoOf } from './iso.ts'

interface Remembered {
  readonly organizationId: number
  readonly learntAt: string
  /** JSON. */
  readonly answer: string
}

/** What one process remembers: the answers that were asked for last, as many as there is room for. */
export type Memory = LRUCache<string, Remembered>

/** In characters of questions and answers together. */
const room = 16 * 2 ** 20

export function openMemory(): Memory {
  return new LRUCache({ maxSize: room, sizeCalculation: ({ answer }, key) => key.length + answer.length })
}

/** Where a question is asked, and as of when; undefined: now. */
export interface Asked {
  readonly drizzle: Drizzle
  readonly memory: Memory
  readonly moment?: string | undefined
}

const dialect = new PgDialect()

/**
 * The answer to a question about an organization, a query of one JSON value; undefined where there is no such organization. `organizationId`
 * is a query of its id, which leaves out what is not there for the caller.
 */
export async function readRemembered<Answer>(
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
  // Who has learnt nothing was filled by other hands, which leave no trace of what they do.
  if (!row.isKnown && row.learntAt !== '-infinity') {
    memory.set(key, { organizationId: Number(row.id), learntAt: row.learntAt, answer })
  }
  return JSON.parse(answer) as Answer
}
