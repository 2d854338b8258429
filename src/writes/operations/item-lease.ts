/** What may be done to an item by who holds it, and by nobody else. */
import type { Sql, Transaction } from '../../mirror/database.ts'
import { leaseSeconds } from '../lease.ts'

/** This process was silent for so long that another one took the item up. */
export class ItemTakenOverError extends Error {
  override readonly name = 'ItemTakenOverError'

  constructor() {
    super('Another process has taken the item up')
  }
}

/** What a claimed item is held by. */
export interface Held {
  readonly id: number
  readonly operationId: number
  readonly holder: string
}

/** Renews the lease, and in a transaction keeps it from being taken until that ends. Throws an ItemTakenOverError where it is another's. */
export async function renewItem(sql: Sql | Transaction, { id, holder }: Held): Promise<void> {
  const rows = await sql`
    update operation_items set held_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    where id = ${id} and holder = ${holder} and state = 'RUNNING' returning 1`
  if (rows.length === 0) throw new ItemTakenOverError()
}

/** Lets the item go; after so long it may be taken up again. `failed`: it counts as an attempt. */
export async function releaseItem(
  sql: Sql,
  { id, holder }: Held,
  { afterMs, failed }: { readonly afterMs: number; readonly failed: boolean },
): Promise<void> {
  await sql`
    update operation_items set holder = null, attempts = attempts + ${failed ? 1 : 0},
      held_until = clock_timestamp() + ${afterMs / 1000} * interval '1 second'
    where id = ${id} and holder = ${holder}`
}

/** Keeps all that the vendor answered of the user, while nothing has been changed yet. */
export async function keepSnapshot(sql: Sql, held: Held, snapshot: string): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, held)
    await tx`update operation_items set snapshot = ${snapshot} where id = ${held.id}`
  })
}
