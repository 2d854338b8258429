import type { WriteDeps } from '../writes/deps.ts'
import { reviseOperation } from './run/bump-revision.ts'

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
      await tx`
        update operations set finished_at = null, state = (case when finished_at is null then state else 'QUEUED' end)
        where id = ${operationId}`
      await reviseOperation(tx, operationId)
    })
  }
}
