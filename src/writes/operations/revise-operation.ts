import type { Transaction } from '../../mirror/database.ts'
import { wakeChannel } from '../../mirror/wakes.ts'

/** Counts that something of the operation, or of an item of its, became different, and wakes those who follow it. */
export async function reviseOperation(tx: Transaction, operationId: number): Promise<void> {
  await tx`
    with revised as (update operations set revision = revision + 1 where id = ${operationId} returning id)
    select pg_notify(${wakeChannel}, id::text) from revised`
}
