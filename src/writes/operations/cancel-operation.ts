import type { WriteDeps } from '../deps.ts'
import { concludeOperation, lockUnfinished } from './conclude-operation.ts'
import { reviseOperation } from './revise-operation.ts'

/** Skips what has not begun; what is under way is brought to its end. One that has ended stays as it is. */
export type CancelOperation = (operationId: number) => Promise<void>

export function cancelOperationWith({ sql }: WriteDeps): CancelOperation {
  return async (operationId) => {
    await sql.begin(async (tx) => {
      if (!(await lockUnfinished(tx, operationId))) return
      await tx`
        update operation_items set state = 'SKIPPED', password = null
        where operation_id = ${operationId} and state = 'QUEUED'`
      await reviseOperation(tx, operationId)
      await concludeOperation(tx, operationId)
    })
  }
}
