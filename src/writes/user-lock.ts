/**
 * Writes to the same user wait for each other, in whatever process they are. The lock is a row with a lease: no transaction and no
 * connection is held while the vendor is waited for, and one who is killed frees it by falling silent.
 */
import { randomUUID } from 'node:crypto'
import { addressKey } from '../mirror/address.ts'
import type { Sql } from '../mirror/database.ts'
import { keepRenewed, leaseSeconds, waitTurn } from './lease.ts'

export interface UserLock {
  /** To be asked before each request that changes something: throws a UserLockedError where the lease ran out and is another's. */
  confirm(): Promise<void>
}

/** Somebody else writes to the user, and did not end in the time that was waited. */
export class UserLockedError extends Error {
  override readonly name = 'UserLockedError'

  constructor() {
    super('Another write to this user is under way')
  }
}

/** The longest wait for another's write. */
const longestWaitMs = 30_000

/**
 * Does the work while nobody else writes to the user. Throws a UserLockedError where that could not be had in time. Waiters of this process take
 * turns in memory. `leases`: where renewals are sent.
 */
export async function withUserLock<T>(
  sql: Sql,
  whom: { readonly organizationId: number; readonly primaryEmail: string },
  work: (lock: UserLock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { signal, maxWaitMs = longestWaitMs } = options
  const turn = `user ${whom.organizationId} ${addressKey(whom.primaryEmail)}`
  const until = performance.now() + maxWaitMs
  const late = () => new UserLockedError()
  return await sql.takeTurn(turn, maxWaitMs, late, () => whileLocked(sql, whom, work, { ...options, until }), signal)
}

interface LockOptions {
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number
  readonly leases?: Sql | undefined
}

/** The same among the processes: by the row. */
async function whileLocked<T>(
  sql: Sql,
  whom: { readonly organizationId: number; readonly primaryEmail: string },
  work: (lock: UserLock) => Promise<T>,
  { signal, leases = sql, until }: LockOptions & { readonly until: number },
): Promise<T> {
  const { organizationId } = whom
  const key = addressKey(whom.primaryEmail)
  const holder = randomUUID()

  const take = async (by = sql) => {
    const rows = await by`
      insert into user_locks (organization_id, address_key, holder, held_until)
      values (${organizationId}, ${key}, ${holder}, clock_timestamp() + ${leaseSeconds} * interval '1 second')
      on conflict (organization_id, address_key) do update set holder = excluded.holder, held_until = excluded.held_until
      where user_locks.held_until < clock_timestamp() or user_locks.holder = excluded.holder
      returning 1`
    return rows.length > 0
  }
  for (let waits = 0; !(await take()); waits += 1) {
    if (performance.now() > until) throw new UserLockedError()
    await waitTurn(waits, signal)
  }
  const renewal = keepRenewed(() => take(leases))
  try {
    return await work({
      async confirm() {
        if (!(await take())) throw new UserLockedError()
      },
    })
  } finally {
    await renewal.stop()
    // Where this fails the lease runs out by itself.
    await sql`delete from user_locks where organization_id = ${organizationId} and address_key = ${key} and holder = ${holder}`.catch(
      () => {},
    )
  }
}
