/**
 * Transactions that change an organization's mirror. They run one at a time, over all processes. A waiting transaction
 * holds no connection that another organization could use.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql, Transaction } from '../db/database.ts'

/** Another process kept the organization locked for the whole wait. Nothing was done. */
class OrganizationBusyError extends Error {
  override readonly name = 'OrganizationBusyError'
  readonly code = 'ORGANIZATION_BUSY'

  constructor(cause?: unknown) {
    super('The organization is locked by another process', { cause })
  }
}

/** Maximum wait for the organization, in this process's queue and again for the lock. */
const waitMs = 30_000
/** Maximum wait for the lock per attempt. The attempt holds a connection. */
const tryMs = 1_000
const pauseMs = 200
/** Lock timeout for other rows, after the organization is locked. */
const otherLocksMs = 10_000

/**
 * Runs `work` in a transaction that holds the organization's lock. The lock is taken first, so a failed attempt costs
 * nothing and can be repeated; `work` runs only once. Rejects with OrganizationBusyError.
 */
export async function inOrganization<T>(
  sql: Sql,
  organizationId: number,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return await inTurn(sql, organizationId, async (tx, lock) => {
    await lock()
    return await work(tx)
  })
}

/**
 * Like `inOrganization`, if `claim` returns true in the same transaction. The claim comes before the lock, so that a
 * transaction without one does not wait for the lock. Returns whether it was claimed.
 */
export async function inOrganizationIf(
  sql: Sql,
  organizationId: number,
  claim: (tx: Transaction) => Promise<boolean>,
  work: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  return await inTurn(sql, organizationId, async (tx, lock) => {
    if (!(await claim(tx))) return false
    await lock()
    await work(tx)
    return true
  })
}

async function inTurn<T>(
  sql: Sql,
  organizationId: number,
  work: (tx: Transaction, lock: () => Promise<void>) => Promise<T>,
): Promise<T> {
  return await sql.takeTurn(
    `organization ${organizationId}`,
    waitMs,
    () => new OrganizationBusyError(),
    async (begin) => {
      const until = performance.now() + waitMs
      for (;;) {
        let isLocked = false
        try {
          return await begin(async (tx) => {
            return await work(tx, async () => {
              await tx`select set_config('lock_timeout', ${`${tryMs}ms`}, true)`
              await tx`
                with locked as (select id from organizations where id = ${organizationId} for update)
                select set_config('lock_timeout', ${`${otherLocksMs}ms`}, true) from locked`
              isLocked = true
            })
          })
        } catch (error) {
          if (isLocked || !isLockTimeout(error)) throw error
          if (performance.now() > until) throw new OrganizationBusyError(error)
          await sleep(pauseMs * (0.5 + Math.random()))
        }
      }
    },
  )
}

/** Like `inOrganization`, for the organization of a pull. */
export async function inOrganizationOfPull<T>(
  sql: Sql,
  pullId: number,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const [pull] = await sql<{ organizationId: number }[]>`
    select organization_id as "organizationId" from pulls where id = ${pullId}`
  return pull ? await inOrganization(sql, pull.organizationId, work) : await sql.begin(work)
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}
