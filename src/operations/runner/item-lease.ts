/** Operations on an item that only the holder of its lease may perform. */
import type { Sql, Transaction } from '../../db/database.ts'
import { leaseSeconds } from '../../writes/session/lease.ts'

/** This process did not renew its lease in time, and another process has claimed the item. */
export class ItemTakenOverError extends Error {
  override readonly name = 'ItemTakenOverError'

  constructor() {
    super('Another process has claimed the item')
  }
}

/** The lease of a claimed item. */
export interface Held {
  readonly id: number
  readonly operationId: number
  readonly holder: string
}

/**
 * Renews the lease. In a transaction, also prevents other claims until the transaction ends. Throws an
 * ItemTakenOverError if another process has the lease.
 */
export async function renewItem(sql: Sql | Transaction, { id, holder }: Held): Promise<void> {
  const rows = await sql`
    update operation_items set held_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    where id = ${id} and holder = ${holder} and state = 'RUNNING' returning 1`
  if (rows.length === 0) throw new ItemTakenOverError()
}

/** Releases the item. It can be claimed again after `afterMs`. `failed`: counts the release as a failed attempt. */
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

/** Stores the vendor's complete answer about the user, before anything is changed. */
export async function keepSnapshot(sql: Sql, held: Held, snapshot: string): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, held)
    await tx`update operation_items set snapshot = ${snapshot} where id = ${held.id}`
  })
}
