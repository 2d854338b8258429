import type { Transaction } from '../../db/database.ts'
import { wakeChannel } from '../../mirror/feed/notifications.ts'

/** Increments the operation's revision after a change to it or to one of its items, and notifies subscribers. */
export async function bumpRevision(tx: Transaction, operationId: number): Promise<void> {
  await tx`
    with revised as (update operations set revision = revision + 1 where id = ${operationId} returning id)
    select pg_notify(${wakeChannel}, id::text) from revised`
}
