import { domainOf } from '../../addresses/spellings.ts'
import type { Sql, Transaction } from '../../db/database.ts'
import type { WriteFailure } from '../../writes/failure.ts'
import { bumpRevision } from './bump-revision.ts'
import { type Held, renewItem } from './item-lease.ts'
import { endWaiting } from './waiting-step.ts'

export type ItemEnd =
  | { readonly state: 'SUCCEEDED'; readonly userId: number | null }
  | { readonly state: 'FAILED'; readonly failure: WriteFailure }

/**
 * Ends an item, and its operation with the last item. An unregistered domain also fails the queued items of that
 * domain, unless a live user or an item that succeeded proves that the domain is registered. A password stays sealed
 * while the item can be retried, and is erased once the item has succeeded.
 */
export async function endItem(sql: Sql, held: Held, end: ItemEnd): Promise<void> {
  const failure = end.state === 'FAILED' ? end.failure : undefined
  const text = failure ? JSON.stringify(failure) : null
  await sql.begin(async (tx) => {
    await lockUnfinished(tx, held.operationId)
    await renewItem(tx, held)
    await endWaiting(tx, held.id)
    await tx`
      update operation_items set state = ${end.state}, holder = null, failure = ${text}::text::jsonb,
        password = case when ${end.state} = 'FAILED' then password end, last_failure = null,
        user_id = coalesce(${end.state === 'SUCCEEDED' ? end.userId : userOf(end.failure)}::bigint, user_id)
      where id = ${held.id}`
    if (failure?.failure === 'DomainNotRegistered') {
      const domain = domainOf(failure.domain)
      await tx`
        update operation_items set state = 'FAILED', failure = ${text}::text::jsonb
        where operation_id = ${held.operationId} and state = 'QUEUED' and domain = ${domain}
          and not exists (
            select from operation_items o where o.operation_id = ${held.operationId} and o.state = 'SUCCEEDED' and o.domain = ${domain})
          and not exists (
            select from users u join operations o on o.organization_id = u.organization_id
            where o.id = ${held.operationId} and u.domain = ${domain} and u.deleted_at is null)`
    }
    await bumpRevision(tx, held.operationId)
    await concludeOperation(tx, held.operationId)
  })
}

/** Returns the id of a user that exists but differs from the request. */
function userOf(failure: WriteFailure): number | null {
  return failure.failure === 'NotAsWritten' ? failure.userId : null
}

/** Records why the item's completed steps must be undone, before the undo begins. */
export async function beginUndoing(sql: Sql, held: Held, failure: WriteFailure): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, held)
    await tx`
      update operation_items set failure = ${JSON.stringify(failure)}::text::jsonb, attempts = 0 where id = ${held.id}`
  })
}

/**
 * Ends the operation if none of its items is queued or running. The caller must have locked its row or just inserted
 * it.
 */
export async function concludeOperation(tx: Transaction, operationId: number): Promise<void> {
  const ended = await tx`
    update operations o set finished_at = clock_timestamp(), state = (case
        when skipped > 0 then 'CANCELLED'
        when failed = 0 then 'SUCCEEDED'
        when succeeded = 0 then 'FAILED'
        else 'PARTLY_FAILED' end)::operation_state
    from (
      select count(*) filter (where state in ('QUEUED', 'RUNNING')) as waiting, count(*) filter (where state = 'SKIPPED') as skipped,
        count(*) filter (where state = 'FAILED') as failed, count(*) filter (where state = 'SUCCEEDED') as succeeded
      from operation_items where operation_id = ${operationId}
    ) items
    where o.id = ${operationId} and o.finished_at is null and items.waiting = 0 returning 1`
  if (ended.length > 0) await bumpRevision(tx, operationId)
}

/** Locks the operation's row, so that its items change one at a time. Returns false if the operation has ended. */
export async function lockUnfinished(tx: Transaction, operationId: number): Promise<boolean> {
  const rows = await tx`
    select 1 from operations where id = ${operationId} and finished_at is null for update`
  return rows.length > 0
}
