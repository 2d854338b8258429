import type { Transaction } from '../../db/database.ts'
import { reviseOperation } from './bump-revision.ts'

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
  if (ended.length > 0) await reviseOperation(tx, operationId)
}

/** Locks the operation's row, so that its items change one at a time. Returns false if the operation has ended. */
export async function lockUnfinished(tx: Transaction, operationId: number): Promise<boolean> {
  const rows = await tx`
    select 1 from operations where id = ${operationId} and finished_at is null for update`
  return rows.length > 0
}
