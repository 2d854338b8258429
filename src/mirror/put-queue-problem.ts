import { array } from '../db/pg-array.ts'
import type { Sql } from '../db/database.ts'

/**
 * Stores, for each of these organizations, what keeps the queue from working. Undefined: it works. Writes only
 * differences.
 */
export async function putQueueProblem(
  sql: Sql,
  isOurs: (organizationId: number) => boolean,
  problem: string | undefined,
): Promise<void> {
  const text = problem ?? null
  const rows = await sql<{ id: number }[]>`
    select id from organizations where retired_at is null and queue_problem is distinct from ${text}::text`
  const ids = rows.map(({ id }) => id).filter(isOurs)
  if (ids.length === 0) return
  await sql`update organizations set queue_problem = ${text}::text where id = any(${array(ids)}::bigint[])`
}
