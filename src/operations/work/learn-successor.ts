import { creationOf } from '../../writes/session/same-account.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { keepSuccessor, readProgress } from '../run/item-journal.ts'
import type { ItemRun } from '../run/item-context.ts'

/**
 * Records which account this item created, once the vendor shows it. Only the vendor's own confirmation proves that
 * this item created it.
 */
export async function learnSuccessor(run: ItemRun, fresh: WriteSession): Promise<void> {
  const created = fresh.wasSent('create')
  // Without an answer, a reading may have settled the step with an account that another client created.
  if (!created?.answered || created.unseen) return
  if ((await readProgress(run.sql, run.item)).successorCreatedAt !== null) return
  const reading = await fresh.readAfter()
  const createdAt = reading.found ? creationOf(reading.wire) : undefined
  if (createdAt !== undefined) await keepSuccessor(run.sql, run.item, createdAt)
}
