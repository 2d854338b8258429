/**
 * Transactions that change an organization's mirror. They wait for each other, in this process and in others; while they wait they hold no
 * connection that another organization could use.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql, Transaction } from './database.ts'

/** Another process kept the organization locked for all of the time that was waited. Nothing was done. */
class OrganizationBusyError extends Error {
  override readonly name = 'OrganizationBusyError'
  readonly code = 'ORGANIZATION_BUSY'

  constructor(cause?: unknown) {
    super('Another process keeps the organization locked', { cause })
  }
}

/** The longest wait for the organization, in this process's queue and again at the lock. */
const waitMs = 30_000
/** How long one try waits at the lock, with a connection in hand. */
const tryMs = 1_000
const pauseMs = 200
/** For locks of other rows, once the organization's is taken. */
const otherLocksMs = 10_000

/**
 * Runs `work` in a transaction that holds the organization's lock. The lock is taken first, so that a wait in vain costs nothing and can be
 * repeated; `work` runs once. Rejects with OrganizationBusyError.
 */
export async function inOrganization<T>(
  sql: Sql,
  organizationId: number,
  work: (tx: Transaction) => Promise<T>,
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
            await tx`select set_config('lock_timeout', ${`${tryMs}ms`}, true)`
            await tx`
            with locked as (select id from organizations where id = ${organizationId} for update)
            select set_config('lock_timeout', ${`${otherLocksMs}ms`}, true) from locked`
            isLocked = true
            return await work(tx)
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

/** The same for the organization of a pull. */
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
