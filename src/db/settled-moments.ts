/**
 * Decides when the state as of a moment is final. A writer reads its time first and commits later, so for a while a
 * moment may have changes that are not visible yet. A query as of that moment must wait for them; otherwise the same
 * query would return something else later.
 *
 * Every transaction that stamps rows with a time holds an advisory lock from before it reads the clock until it ends
 * (organization-lock.ts). The lock is shared, so writers never wait for each other; it only marks them as in flight. A
 * reader takes no lock: it lists the writers that hold theirs, and polls until those with a possibly earlier time have
 * ended. Readers therefore never delay writers. A writer that starts after the listing reads the clock later, so its
 * time is after any moment that was past at the listing. Postgres makes a commit visible before it releases the
 * transaction's locks, so a snapshot taken after the wait sees all of them. The database clock must not be set back.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from './connection/sql.ts'
import { isoOf, isoOrNull } from './timestamps.ts'

/** Id of the advisory lock of writers in flight. */
export const writerLock = 7_203_443

/** Maximum wait of a reader. Applying a page takes about 100 ms. */
const longestWaitMs = 2_000
const [firstPauseMs, longestPauseMs] = [4, 40]

/** Changes with a time before the moment were still being written at the end of the wait. The query may be retried. */
export class MomentNotSettled extends Error {
  override readonly name = 'MomentNotSettled'

  constructor() {
    super('Changes at this moment are still being written. Try again in a second, or query an earlier moment.')
  }
}

/** The moments known to be final. One instance per process is enough, because a final moment stays final. */
export class SettledMoments {
  /** Every moment up to this is final. Initially empty, which sorts before any time. */
  #to = ''

  /**
   * Resolves when the moment (ISO 8601) is final: a snapshot taken from then on shows its complete state. Sends no
   * statement for a moment before the latest one known to be final. Resolves to the latest moment that can be queried;
   * if the given moment is later, it is in the future.
   */
  async wait(sql: Queryable, moment: string, signal?: AbortSignal): Promise<string> {
    if (moment <= this.#to) return this.#to
    // A statement's time is that of its arrival, which is before it reads the locks. Minus one microsecond, because a
    // writer may have the same time.
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
    // A transaction reads the clock after it begins, so one that began later has a later time.
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
    // The names of virtual transactions consist of digits and a slash.
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
