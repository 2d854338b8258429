import { wakeWorkers } from '../mirror/work-wakes.ts'
import type { WriteDeps } from '../writes/deps.ts'
import type { WriteFailure } from '../writes/failure.ts'
import { bumpRevision } from './runner/bump-revision.ts'
import { concludeOperation, lockUnfinished } from './runner/end-item.ts'

/** Retries the failed items, each from the step that it reached. Changes nothing if no item failed. */
export type RetryOperation = (operationId: number) => Promise<void>

export function retryOperationWith({ sql }: WriteDeps): RetryOperation {
  return async (operationId) => {
    await sql.begin(async (tx) => {
      await tx`select 1 from operations where id = ${operationId} for update`
      const retried = await tx`
        update operation_items set state = 'QUEUED', failure = null, last_failure = failure, attempts = 0, held_until = '-infinity'
        where operation_id = ${operationId} and state = 'FAILED' returning 1`
      if (retried.length === 0) return
      const [operation] = await tx<{ organizationId: number }[]>`
        update operations set finished_at = null, state = (case when finished_at is null then state else 'QUEUED' end)
        where id = ${operationId} returning organization_id as "organizationId"`
      await bumpRevision(tx, operationId)
      if (operation) await wakeWorkers(tx, operation.organizationId)
    })
  }
}

/**
 * Skips the items that have not begun, and completes those in progress. An item that was begun earlier and waits for a
 * retry fails again with its earlier failure, so that it can still be retried. Erases the passwords of all items that
 * are not in progress. An operation that has ended does not change.
 */
export type CancelOperation = (operationId: number) => Promise<void>

/** The failure of a retry that an older version queued without storing why the previous attempt failed. */
const cancelledRetry: WriteFailure = {
  failure: 'Conflict',
  message:
    'The operation was cancelled before this item was retried; retryOperation continues from the completed steps',
  userId: null,
}

export function cancelOperationWith({ sql }: WriteDeps): CancelOperation {
  return async (operationId) => {
    await sql.begin(async (tx) => {
      if (!(await lockUnfinished(tx, operationId))) return
      await tx`
        update operation_items i set
          state = (case when begun.yes then 'FAILED' else 'SKIPPED' end)::item_state,
          failure = case when begun.yes then coalesce(i.last_failure, ${JSON.stringify(cancelledRetry)}::text::jsonb) end,
          last_failure = null
        from (
          select c.id, c.snapshot is not null or exists (select from operation_steps s where s.item_id = c.id) as yes
          from operation_items c where c.operation_id = ${operationId} and c.state = 'QUEUED'
        ) begun
        where i.id = begun.id`
      await tx`
        update operation_items set password = null
        where operation_id = ${operationId} and state <> 'RUNNING' and password is not null`
      await bumpRevision(tx, operationId)
      await concludeOperation(tx, operationId)
    })
  }
}
