/**
 * Serializes writes to the same user across processes. The lock is a row with a lease: no transaction or connection is
 * held while waiting for the vendor, and the lock of a killed process expires.
 */
import { randomUUID } from 'node:crypto'
import { addressKey } from '../../addresses/address-key.ts'
import type { Sql } from '../../db/database.ts'
import { keepRenewed, leaseSeconds, waitTurn } from './lease.ts'

export interface UserLock {
  /**
   * Call this before each changing request. Throws a LeaseLostError if the lease expired and another holder has it, or had
   * it: what was read under the lock may be out of date.
   */
  confirm(): Promise<void>
}

/** Another write to the user, or to the settings, did not end within the wait limit. */
export class UserLockedError extends Error {
  override readonly name: string = 'UserLockedError'
}

export class LeaseLostError extends UserLockedError {
  override readonly name = 'LeaseLostError'
}

const userBusy = 'Another write to this user is under way'
const settingsBusy =
  'The account was not changed, because another write is changing the exemptions from the directory sync'

/** The longest wait for another write. */
const longestWaitMs = 30_000

/**
 * Runs the work while no other write to the user runs. Throws a UserLockedError if the lock is not free in time.
 * Waiters of this process take turns in memory. `leases`: the connection for renewals.
 */
export async function withUserLock<T>(
  sql: Sql,
  user: { readonly organizationId: number; readonly primaryEmail: string },
  work: (lock: UserLock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { signal, maxWaitMs = longestWaitMs, busy = userBusy } = options
  const turn = `user ${user.organizationId} ${addressKey(user.primaryEmail)}`
  const until = performance.now() + maxWaitMs
  const late = () => new UserLockedError(busy)
  return await sql.takeTurn(turn, maxWaitMs, late, () => whileLocked(sql, user, work, { ...options, until }), signal)
}

/** Does work on settings that all users of the organization share, while no other process does. */
export type SettingsLock = <T>(work: (lock: UserLock) => Promise<T>) => Promise<T>

export function settingsLockOf(sql: Sql, organizationId: number, options: LockOptions): SettingsLock {
  // No user can have this address.
  const settings = { organizationId, primaryEmail: 'settings of the organization' }
  return async (work) => await withUserLock(sql, settings, work, { ...options, busy: settingsBusy })
}

interface LockOptions {
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number
  readonly leases?: Sql | undefined
  /** The message of the error. */
  readonly busy?: string
}

/** Takes the lock among processes, by the row. */
async function whileLocked<T>(
  sql: Sql,
  user: { readonly organizationId: number; readonly primaryEmail: string },
  work: (lock: UserLock) => Promise<T>,
  { signal, leases = sql, until, busy = userBusy }: LockOptions & { readonly until: number },
): Promise<T> {
  const { organizationId } = user
  const key = addressKey(user.primaryEmail)
  const holder = randomUUID()

  const take = async () => {
    const rows = await sql`
      insert into user_locks (organization_id, address_key, holder, held_until)
      values (${organizationId}, ${key}, ${holder}, clock_timestamp() + ${leaseSeconds} * interval '1 second')
      on conflict (organization_id, address_key) do update set holder = excluded.holder, held_until = excluded.held_until
      where user_locks.held_until < clock_timestamp()
      returning 1`
    return rows.length > 0
  }
  // A row that is gone was taken by another holder, which has returned it.
  const extend = async (by = sql) => {
    const rows = await by`
      update user_locks set held_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
      where organization_id = ${organizationId} and address_key = ${key} and holder = ${holder} returning 1`
    return rows.length > 0
  }
  for (let waits = 0; !(await take()); waits += 1) {
    if (performance.now() > until) throw new UserLockedError(busy)
    await waitTurn(waits, signal)
  }
  const renewal = keepRenewed(() => extend(leases))
  try {
    return await work({
      async confirm() {
        if (!(await extend())) throw new LeaseLostError(busy)
      },
    })
  } finally {
    await renewal.stop()
    // If this fails, the lease expires.
    await sql`delete from user_locks where organization_id = ${organizationId} and address_key = ${key} and holder = ${holder}`.catch(
      () => {},
    )
  }
}
