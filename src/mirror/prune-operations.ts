/**
 * Retention of the user data in operations:
 * - A snapshot is kept until its item has succeeded and the operation has ended, plus 30 days. The snapshot of a failed
 *   item stays, because a retry needs it.
 * - A stored password is kept for at most 30 days from the start of the operation, regardless of its state.
 * - The operation itself is kept as long as the history, and at least as long as its snapshots.
 */
import type { Sql } from '../db/database.ts'

const keptDays = 30

/** Deletes operations that ended before the horizon. Returns their number. */
export async function pruneOperations(
  sql: Sql,
  organizationId: number,
  horizon: string,
  batchSize: number,
): Promise<number> {
  const gone = await sql`
    with gone as (
      delete from operations where id = any(array(
        select id from operations o where organization_id = ${organizationId}
          and finished_at < least(${horizon}::timestamptz, clock_timestamp() - ${keptDays} * interval '1 day')
          and not exists (
            select from operation_items i where i.operation_id = o.id and i.state <> 'SUCCEEDED' and i.snapshot is not null)
        limit ${batchSize}))
      returning id
    ),
    items as (delete from operation_items i using gone where i.operation_id = gone.id returning i.id),
    steps as (delete from operation_steps s using items where s.item_id = items.id)
    select 1 from gone`
  return gone.length
}

/** Erases snapshots that no retry can need. Returns their number. */
export async function pruneSnapshots(sql: Sql, organizationId: number, batchSize: number): Promise<number> {
  const erased = await sql`
    update operation_items set snapshot = null where id = any(array(
      select i.id from operation_items i join operations o on o.id = i.operation_id
      where o.organization_id = ${organizationId} and o.finished_at < clock_timestamp() - ${keptDays} * interval '1 day'
        and i.state = 'SUCCEEDED' and i.snapshot is not null
      limit ${batchSize}))
    returning 1`
  return erased.length
}

/** Erases passwords stored for more than 30 days, in all organizations. Returns their number. */
export async function prunePasswords(sql: Sql): Promise<number> {
  const erased = await sql`
    update operation_items i set password = null from operations o
    where o.id = i.operation_id and i.password is not null
      and o.created_at < clock_timestamp() - ${keptDays} * interval '1 day'
    returning 1`
  return erased.length
}
