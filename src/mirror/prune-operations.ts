/**
 * What operations keep of users, and for how long:
 *
 * - a snapshot: until its item has succeeded and the operation has ended, plus 30 days. That of a failed item stays, since a retry needs it;
 * - a password that waits: 30 days from the start of the operation at most, whatever its state;
 * - the operation itself: as long as the history, but no shorter than what it keeps.
 */
import type { Sql } from './database.ts'

const keptDays = 30

/** Deletes operations that ended before the horizon. Gives the number of operations. */
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

/** Erases snapshots that no retry can need any more. Gives their number. */
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

/** Erases passwords that have waited for 30 days, of all organizations. Gives their number. */
export async function prunePasswords(sql: Sql): Promise<number> {
  const erased = await sql`
    update operation_items i set password = null from operations o
    where o.id = i.operation_id and i.password is not null
      and o.created_at < clock_timestamp() - ${keptDays} * interval '1 day'
    returning 1`
  return erased.length
}
