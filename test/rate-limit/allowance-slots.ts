/** Takes and releases slots of an allowance, and moves their times instead of waiting for a window. */
import type { Sql } from '../../src/db/database.ts'
import type { Slot } from '../../src/rate-limit/credential-guard.ts'
import { type Allowance, AllowanceSpentError } from '../../src/rate-limit/vendor-allowance.ts'

export const interactive = { priority: 'interactive', maxWaitMs: 0 } as const
export const background = { priority: 'background', maxWaitMs: 0 } as const

/** Takes slots until none is available immediately. */
export async function takeAll(allowance: Allowance, options: Parameters<Allowance['take']>[0]): Promise<Slot[]> {
  const taken: Slot[] = []
  for (;;) {
    try {
      taken.push(await allowance.take(options))
    } catch (error) {
      if (error instanceof AllowanceSpentError) return taken
      throw error
    }
  }
}

export const permanentStorageError = (taking: Promise<Slot>): Promise<AllowanceSpentError> =>
  taking.then(
    () => Promise.reject(new Error('It was not refused')),
    (error: AllowanceSpentError) => error,
  )

export const releaseAll = (slots: readonly Slot[]) => Promise.all(slots.map((slot) => slot.release()))

/** Moves the slots' times as if this many seconds had passed. */
export async function pass(sql: Sql, seconds: number): Promise<void> {
  await sql`
    update allowance_slots set free_at = free_at - ${seconds} * interval '1 second', held_until = held_until - ${seconds} * interval '1 second'`
  await sql`update allowances set paused_until = paused_until - ${seconds} * interval '1 second'`
  await sql`update allowance_waits set until = until - ${seconds} * interval '1 second'`
}

export async function slots(sql: Sql) {
  const [row] = await sql<{ made: number; busy: number }[]>`
    select count(*)::int as made, (count(*) filter (where free_at > clock_timestamp()))::int as busy from allowance_slots`
  return row ?? { made: 0, busy: 0 }
}
