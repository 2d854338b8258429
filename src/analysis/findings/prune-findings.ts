import type { Sql } from '../../db/database.ts'

/** Rows per statement. */
const batchSize = 2_000

/** Deletes findings that were resolved more than `days` ago. Returns their number. Stops between batches on abort. */
export async function pruneFindings(sql: Sql, days: number, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  for (;;) {
    if (signal?.aborted) return pruned
    const { count } = await sql`
      delete from findings where id = any(array(
        select id from findings where resolved_at < clock_timestamp() - ${days} * interval '1 day'
        limit ${batchSize} for update skip locked))`
    pruned += count
    if (count < batchSize) return pruned
  }
}
