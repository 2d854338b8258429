/** Prunes and exports the audit log. */
import type { Sql } from '../db/database.ts'
import { isoOf, isoOrNull } from '../db/timestamps.ts'

export interface AuditRow {
  readonly id: number
  /** ISO 8601, like `lastAt`. */
  readonly at: string
  readonly kind: 'WRITE' | 'REFUSAL'
  readonly viewer: string
  readonly action: string
  readonly organization: string | null
  readonly outcome: string | null
  /** Number of rejections that the row counts. */
  readonly times: number
  /** Time of the last of several rejections. */
  readonly lastAt: string | null
}

/** Rows per delete statement, and rows per page. */
const batchSize = 2_000
const pageSize = 1_000

/** Deletes rows older than `days`. Returns their number. When the signal is aborted, stops after the current batch. */
export async function pruneAudit(sql: Sql, days: number, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  for (;;) {
    if (signal?.aborted) return pruned
    const { count } = await sql`
      delete from audit_log where id = any(array(
        select id from audit_log where at < clock_timestamp() - ${days} * interval '1 day'
        order by at, id limit ${batchSize} for update skip locked))`
    pruned += count
    if (count < batchSize) return pruned
  }
}

/** Yields the rows from `since` (inclusive) to `until` (exclusive), oldest first, one page at a time. */
export async function* readAudit(sql: Sql, since: string, until: string): AsyncGenerator<AuditRow[]> {
  let after = { at: since, id: 0 }
  for (;;) {
    const rows = await sql<AuditRow[]>`
      select id, at, kind, viewer, action, organization, outcome, times, last_at as "lastAt" from audit_log
      where (at, id) > (${after.at}::timestamptz, ${after.id}::bigint) and at < ${until}::timestamptz
      order by at, id limit ${pageSize}`
    const last = rows.at(-1)
    if (!last) return
    after = { at: last.at, id: last.id }
    yield rows.map((row) => ({ ...row, at: isoOf(row.at), lastAt: isoOrNull(row.lastAt) }))
  }
}
