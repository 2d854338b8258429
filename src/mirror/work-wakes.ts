/**
 * Notifies the workers, in any process, of work that a transaction has created, so that they need not poll for it. A
 * lost notification costs a wait: each worker also looks for work periodically.
 */
import type { Sql, Transaction } from '../db/database.ts'

/** The payload is the id of the organization. */
export const workChannel = 'work_wakes'

/** Sent when the transaction commits. */
export async function wakeWorkers(sql: Sql | Transaction, organizationId: number): Promise<void> {
  await sql`select pg_notify(${workChannel}, ${String(organizationId)})`
}
