/**
 * The requests that one API key may send: no more than its limit in any window of 60 seconds, over all processes.
 *
 * Each request takes a slot, a row. A slot is free again one window after the *answer* to its request arrived, by the database's clock, so
 * neither the network's jitter nor a machine's clock can bring too many requests into one window. Until the answer arrives the slot is
 * leased for longer than any request may last: a killed process loses its slots for a while, and the bound holds.
 *
 * The shares (allowance/shares.ts): background work leaves a tenth of the slots free, interactive work leaves it a quarter while it has
 * work, and no caller has more than its share of the interactive slots.
 *
 * Processes may have different limits. A slot remembers the limit it was taken under, and a slot is only taken while its process's limit,
 * that of every request in the window and that of every process which waited for a slot within the last window all allow one more. So a
 * window in which a process sends a request never holds more than that process's limit.
 */
import { AllowanceQueue } from './allowance/queue.ts'
import { callerCapOf, floorOf, reservedOf } from './allowance/shares.ts'
import {
  type AllowanceTimes,
  type Bound,
  type Caller,
  openSlots,
  type Priority,
  type Refused,
  type Taken,
  type Wish,
} from './allowance/slots.ts'
import type { Sql } from './database.ts'

export interface Slot {
  /** Not later than the moment at which the request is sent. */
  readonly sentAt: string
  /** Gives the slot back when the answer has arrived. Returns the time of that. */
  release(): Promise<string>
}

export interface TakeOptions {
  readonly priority: Priority
  /** Whose request it is; undefined for background work. */
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number | undefined
  /** The longest pause that is waited for; a longer one rejects at once. */
  readonly maxPauseMs?: number | undefined
}

export interface Allowance {
  take(options: TakeOptions): Promise<Slot>
  /** Holds back every request of the key, because the vendor answered that too many were sent. */
  pause(milliseconds: number): Promise<void>
}

/** No slot can be had within the wait that the caller allows. */
export class AllowanceSpentError extends Error {
  override readonly name = 'AllowanceSpentError'
  /** When a slot can be free. */
  readonly retryAt: string
  /** The limit that was reached; too many requests WAITING are a limit, too. */
  readonly limit: Bound | 'WAITING'
  /** The sentence without its end, for other messages. */
  readonly problem: string

  constructor(limit: Bound | 'WAITING', problem: string, retryAt: string) {
    super(`${problem} until ${retryAt}`)
    this.limit = limit
    this.problem = problem
    this.retryAt = retryAt
  }
}

export const windowMs = 60_000
/** A lease is longer than any request may last. */
const usualTimes: AllowanceTimes = { windowMs, leaseMs: 60_000 }
const longestPollMs = 5_000
const longestJitterMs = 50

/**
 * Registers the process's limit for the key: a lower one than that of other processes holds for them at once. Forgets free slots above
 * it; those in use keep counting.
 */
export async function openAllowance(
  sql: Sql,
  key: string,
  requestsPerWindow: number,
  times: AllowanceTimes = usualTimes,
): Promise<Allowance> {
  await sql.begin(async (tx) => {
    // Locks the row, and makes takes that are under way count again.
    await tx`insert into allowances as a (key, requests_per_window) values (${key}, ${requestsPerWindow})
      on conflict (key) do update set takes = a.takes + 1`
    await tx`delete from allowance_waits where key = ${key} and until <= clock_timestamp()`
    await tx`insert into allowance_waits (key, priority, requests_per_window, until)
      values (${key}, 'INTERACTIVE', ${requestsPerWindow}, clock_timestamp() + ${times.windowMs / 1000} * interval '1 second')
      on conflict (key, priority, requests_per_window) do update set until = excluded.until`
    await tx`
      delete from allowance_slots where key = ${key} and slot >= ${requestsPerWindow} and free_at <= clock_timestamp()`
    await tx`update allowances set
        slots = coalesce((select max(slot) + 1 from allowance_slots where key = ${key}), 0),
        requests_per_window = least(
          (select min(requests_per_window) from allowance_waits where key = ${key}),
          (select min(requests_per_window) from allowance_slots where key = ${key} and free_at > clock_timestamp()))
      where key = ${key}`
  })
  const slots = openSlots(sql, key, requestsPerWindow, times)
  const queue = new AllowanceQueue(slots, {
    pollMs: Math.min(longestPollMs, times.windowMs / 12),
    jitterMs: Math.min(longestJitterMs, times.windowMs / 100),
    refusal: (wish, refused, tooManyWaiting) => spent(wish, refused, tooManyWaiting, times.windowMs / 1000),
  })

  return {
    async take({ priority, caller, signal, maxWaitMs = Infinity, maxPauseMs = Infinity }) {
      const taken: Taken = await queue.take({ priority, caller }, { maxWaitMs, maxPauseMs }, signal)
      return { sentAt: taken.takenAt, release: () => slots.free(taken, times.windowMs) }
    },
    async pause(milliseconds) {
      await sql`update allowances
        set paused_until = greatest(paused_until, clock_timestamp() + ${milliseconds / 1000} * interval '1 second')
        where key = ${key}`
    },
  }
}

function spent(wish: Wish, refused: Refused, tooManyWaiting: boolean, seconds: number): AllowanceSpentError {
  const { bound, limit, retryAt } = refused
  const { priority, caller } = wish
  if (tooManyWaiting) {
    const problem = `The caller has ${caller?.maxWaiting} requests waiting, which is the limit; no slot of the allowance is free`
    return new AllowanceSpentError('WAITING', problem, retryAt)
  }
  const shares = {
    LIMIT: ['allowance', `${limit} requests`],
    SHARE:
      priority === 'interactive'
        ? ['share of interactive requests', `${limit - floorOf(limit)} of ${limit} requests`]
        : [
            'share of background requests',
            `${Math.max(floorOf(limit), limit - reservedOf(limit))} of ${limit} requests`,
          ],
    CALLER: ["caller's share of the allowance", `${callerCapOf(limit, caller?.share ?? 1)} of ${limit} requests`],
  } as const
  if (bound === 'PAUSED') return new AllowanceSpentError(bound, 'The vendor asked for a pause, which lasts', retryAt)
  const [share, size] = shares[bound]
  return new AllowanceSpentError(bound, `The ${share} (${size} in ${seconds} s) is spent`, retryAt)
}
