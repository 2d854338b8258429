import type { WriteDeps } from '../writes/deps.ts'
import { runOperation } from './runner/run-operation.ts'

/** The worker's access to operations: which ones have work, and how to run one. */
export function operationWork(deps: WriteDeps) {
  return {
    waiting: () => readWaitingOperations(deps),
    run: (operationId: number, stop: AbortSignal) => runOperation(deps, operationId, stop),
  }
}

/** Returns the operations that have claimable items, oldest first. */
async function readWaitingOperations({ sql, clientOf }: WriteDeps): Promise<number[]> {
  const rows = await sql<{ id: number; organizationId: number }[]>`
    select o.id, o.organization_id as "organizationId" from operations o
    join organizations of on of.id = o.organization_id and of.retired_at is null
    where o.finished_at is null and exists (
      select from operation_items i
      where i.operation_id = o.id and (i.state = 'QUEUED' or (i.state = 'RUNNING' and i.held_until < clock_timestamp())))
    order by o.id`
  return rows.filter(({ organizationId }) => clientOf(organizationId)).map(({ id }) => id)
}
