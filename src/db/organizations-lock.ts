import type { Transaction } from './connection/sql.ts'

const organizationsLock = 7_203_442

/**
 * A transaction that changes several rows of `organizations` takes this lock before the first of them. Two such
 * transactions that lock the same rows in different orders would otherwise wait for each other until Postgres ends one
 * of them (deadlock). The order of the rows then does not matter:
 *
 * - Only the holder of this lock waits for a row while it holds another one.
 * - All other transactions hold one row at a time (in-organization.ts), and do not wait for this lock while they do.
 *
 * A statement that skips locked rows needs no lock, because it waits for none.
 *
 * It also orders the processes that start together: none of them sees an organization missing that another one inserts.
 */
export async function lockOrganizations(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(${organizationsLock})`
}
