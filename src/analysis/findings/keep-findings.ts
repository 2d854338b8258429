import type { Logger } from 'pino'
import type { Sql } from '../../db/database.ts'
import { type Following, followMirror } from '../../mirror/feed/follow-mirror.ts'
import type { Notifier } from '../../mirror/feed/notifications.ts'
import { evaluateFindings, readOrganizationsToEvaluate } from './evaluate.ts'

/**
 * Updates the findings of an organization when its mirror has changed. Any number of processes can do this: they never
 * work on the same organization simultaneously, and an interrupted evaluation is started again.
 */
export function keepFindings(sql: Sql, logger: Logger, wakes?: Pick<Notifier, 'onWake'>): Following {
  return followMirror(logger, wakes, 'failed to evaluate findings', async (signal) => {
    const organizations = await readOrganizationsToEvaluate(sql)
    for (const id of organizations) if (!signal.aborted) await evaluateFindings(sql, id)
    return organizations.length === 0
  })
}

/** Rows per statement. */
const prunedAtOnce = 2_000

/** Deletes findings that were resolved more than `days` ago. Returns their number. Stops between batches on abort. */
export async function pruneFindings(sql: Sql, days: number, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  for (;;) {
    if (signal?.aborted) return pruned
    const { count } = await sql`
      delete from findings where id = any(array(
        select id from findings where resolved_at < clock_timestamp() - ${days} * interval '1 day'
        limit ${prunedAtOnce} for update skip locked))`
    pruned += count
    if (count < prunedAtOnce) return pruned
  }
}
