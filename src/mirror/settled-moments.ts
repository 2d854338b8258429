/**
 * When an answer about a moment is final. A writer takes its time first and commits later, so that for a while a moment may have changes that
 * nobody can see yet. An answer about it must wait for them; otherwise the same question would be answered differently afterwards.
 *
 * Every transaction that stamps rows with a time holds an advisory lock from before it reads the clock until it ends (organization-lock.ts). It
 * holds it in shared mode, so that writers never wait for each other here; it only marks them as in flight. A reader takes no lock: it looks which
 * writers hold theirs and polls until those that may have an earlier time are gone. Therefore no reader delays a writer. A writer that comes after
 * the look reads the clock after it, hence a later time than any moment that was past by then. Postgres makes a commit visible before it releases
 * the transaction's locks, so a snapshot that is taken after the wait sees all of them. The database clock must not be set back.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../db/sql.ts'
import { isoOf, isoOrNull } from './iso.ts'

/** The advisory lock of writers in flight. */
export const writerLock = 7_203_443

/** The longest that a reader waits. A page takes some 100 ms to apply. */
const longestWaitMs = 2_000
const [firstPauseMs, longestPauseMs] = [4, 40]

/** Something with a time before the moment was still being written when the wait was over. The same question may be asked again. */
export class MomentNotSettled extends Error {
  override readonly name = 'MomentNotSettled'

  constructor() {
    super('Changes at this moment are still being written. Try again in a second, or ask for an earlier moment.')
  }
}

/** The moments that are known to be final. One for each process is enough: what is final stays final. */
export class SettledMoments {
  /** Every moment up to this is final; it sorts before any time until one is known. */
  #to = ''

  /**
   * Resolves when the moment, ISO 8601, is final: a snapshot taken from then on shows all that there will ever be to know of it. Costs nothing for
   * a moment before one that is known to be final. Resolves with the last moment that can be asked for; the given moment is later where it is to come.
   */
  async wait(sql: Queryable, moment: string, signal?: AbortSignal): Promise<string> {
    if (moment <= this.#to) return this.#to
    // The time of the statement is that of its arrival, hence before its look at the locks. One microsecond less, since a writer's may be the same.
    const rows = await sql<{ now: string; writer: string | null; startedAt: string | null }[]>`
      select statement_timestamp() - interval '1 microsecond' as now, l.virtualtransaction as writer, a.xact_start as "startedAt"
      from (values (true)) as always
      left join pg_locks l on ${isWriterLock(sql)}
      left join lateral pg_stat_get_activity(l.pid) a on true`
    const now = isoOf(rows[0]?.now ?? '')
    if (moment > now) return now
    const writers = rows.flatMap(({ writer, startedAt }) =>
      writer ? [{ writer, startedAt: isoOrNull(startedAt) }] : [],
    )
    // A transaction reads the clock after it has begun, so one that began later has a later time.
    const earlier = writers.filter(({ startedAt }) => startedAt === null || startedAt <= moment)
    if (earlier.length > 0)
      await untilGone(
        sql,
        earlier.map(({ writer }) => writer),
        signal,
      )
    const final = earlier.length === writers.length ? now : moment
    if (final > this.#to) this.#to = final
    return final
  }
}

async function untilGone(sql: Queryable, writers: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + longestWaitMs
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
    await sleep(pause, undefined, { signal })
    // The names of virtual transactions are digits and a slash.
    const rows = await sql`
      select from pg_locks l where ${isWriterLock(sql)} and l.virtualtransaction = any(${`{${writers.join()}}`}::text[]) limit 1`
    if (rows.length === 0) return
    if (performance.now() > deadline) throw new MomentNotSettled()
  }
}

function isWriterLock(sql: Queryable) {
  return sql`l.locktype = 'advisory' and l.classid = 0 and l.objid = ${writerLock} and l.objsubid = 1 and l.granted
    and l.database = (select oid from pg_database where datname = current_database())`
}
