import { type SQL, sql } from 'drizzle-orm'
import type { operations } from '../../db/schema/tables.ts'
import { utc } from '../../db/timestamps.ts'

/**
 * Returns when an operation can end if nothing else uses the allowance. The estimate divides the remaining requests of
 * this operation and of older operations with the same API key by the share of a window that background work may use.
 * Null if the operation has ended.
 */
export function estimatedFinishAt(operation: typeof operations): SQL<string | null> {
  return sql<string | null>`(
    select ${sql.raw(utc('estimate.at'))} from (
      select greatest(a.paused_until, clock_timestamp()) + interval '60 seconds'
        * greatest(0, work.requests - greatest(0, share.size - slots.used)) / share.size as at
      from organizations own
      join allowances a on a.key = own.allowance_key
      cross join lateral (
        select greatest(1, a.requests_per_window - greatest(1, a.requests_per_window / 10)) as size
      ) share
      cross join lateral (
        select count(*) as used from allowance_slots s where s.key = a.key and s.free_at > clock_timestamp()
      ) slots
      cross join lateral (
        select sum(case when i.state = 'QUEUED' then i.requests else greatest(1, i.requests - (
            select count(*) from operation_steps s where s.item_id = i.id and s.done_at is not null)) end) as requests
        from operations o
        join organizations other on other.id = o.organization_id and other.allowance_key = a.key
        join operation_items i on i.operation_id = o.id and i.state in ('QUEUED', 'RUNNING')
        where o.finished_at is null and o.id <= ${operation.id}
      ) work
      where own.id = ${operation.organizationId} and ${operation.finishedAt} is null
    ) estimate
  )`
}
