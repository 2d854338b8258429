/**
 * The rate-limit budget of one API key: no more requests than its limit in any window of 60 seconds, over all
 * processes.
 *
 * Each request takes a slot, which is a row. A slot becomes free one window after the *response* to its request
 * arrived, by the database clock, so neither network jitter nor a machine's clock can bring too many requests into one
 * window. Until the response arrives, the slot is leased for longer than any request may last: a killed process loses
 * its slots for a while, and the limit still holds.
 *
 * The shares (shares.ts): background work leaves a tenth of the slots free, interactive work leaves a quarter
 * to background work that is waiting, and no caller gets more than its share of the interactive slots. A key may also
 * limit the requests in progress, of which background work leaves one to interactive work.
 *
 * Processes may have different limits. A slot stores the limit under which it was taken. A slot is taken only while
 * three limits allow one more request: the limit of the process, the limits of all requests in the window, and the
 * limits of all processes that waited for a slot within the last window. A window in which a process sends a request
 * therefore never holds more requests than that process's limit.
 */

import type { Sql } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { AllowanceQueue } from './queue.ts'
import { callerCapOf, floorOf, reservedOf } from './shares.ts'
import {
  type AllowanceTimes,
  type Bound,
  type Caller,
  type KeyLimits,
  openSlots,
  type Priority,
  type Refused,
  type Taken,
  type Wish,
} from './slots.ts'

export interface Slot {
  /** At or before the moment at which the request is sent. */
  readonly sentAt: string
  /** Returns the slot after the response has arrived. Resolves to the time of arrival. */
  release(): Promise<string>
}

export interface TakeOptions {
  readonly priority: Priority
  /** The caller of an interactive request. Undefined for background work. */
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number | undefined
  /** Maximum pause to wait for. A longer pause rejects immediately. */
  readonly maxPauseMs?: number | undefined
}

export interface Allowance {
  take(options: TakeOptions): Promise<Slot>
  /** Delays every request made with the key, because the vendor reported too many requests. */
  pause(milliseconds: number): Promise<void>
  /** Rejects every request made with these credentials for an hour, or until they change. */
  refuse(): Promise<void>
}

/** No slot becomes free within the caller's maximum wait. */
export class AllowanceSpentError extends Error {
  override readonly name = 'AllowanceSpentError'
  /** The earliest time at which a slot can be free. */
  readonly retryAt: string
  /** The limit that was reached. WAITING: the maximum number of waiting requests. */
  readonly limit: Bound | 'WAITING'
  /** The message without "until" and the time, for use in other messages. */
  readonly problem: string

  constructor(limit: Bound | 'WAITING', problem: string, retryAt: string) {
    super(`${problem} until ${retryAt}`)
    this.limit = limit
    this.problem = problem
    this.retryAt = retryAt
  }
}

export const windowMs = 60_000
/** How long no request is sent with credentials that the vendor has refused: repeating them may lock the account. */
const refusalSeconds = 3_600
/** A lease must be longer than any request may last. */
const usualTimes: AllowanceTimes = { windowMs, leaseMs: 60_000 }
const longestPollMs = 5_000
const longestJitterMs = 50

/**
 * Registers the process's limit for the key. A limit lower than that of other processes applies to them immediately.
 * Deletes free slots above the limit; slots in use keep counting.
 */
export async function openAllowance(
  sql: Sql,
  key: string,
  requestsPerWindow: number,
  times: AllowanceTimes = usualTimes,
  limits: KeyLimits = {},
): Promise<Allowance> {
  const credential = limits.credential ?? null
  await sql.begin(async (tx) => {
    // Locks the row, and forces concurrent takes to count again.
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
    // With other credentials there is no reason to wait.
    const isChanged = await tx`
      update allowances set refused_until = null, refused_credential = null
      where key = ${key} and refused_until is not null and refused_credential is distinct from ${credential} returning key`
    if (isChanged.length === 0) return
    await lockOrganizations(tx)
    await tx`
      update organizations set next_pull_at = clock_timestamp()
      where allowance_key = ${key} and next_pull_at > clock_timestamp()`
  })
  const slots = openSlots(sql, key, requestsPerWindow, times, limits)
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
    async refuse() {
      await sql`update allowances
        set refused_until = clock_timestamp() + ${refusalSeconds} * interval '1 second', refused_credential = ${credential}
        where key = ${key}`
    },
  }
}

/** Until when no request is sent with these credentials. Undefined unless the vendor has refused them. */
export async function readRefusal(sql: Sql, key: string, credential: string | undefined): Promise<string | undefined> {
  const [row] = await sql<{ until: string }[]>`select refused_until as until from allowances
    where key = ${key} and refused_until > clock_timestamp() and refused_credential = ${credential ?? null}`
  return row?.until
}

function spent(wish: Wish, refused: Refused, tooManyWaiting: boolean, seconds: number): AllowanceSpentError {
  const { bound, limit, retryAt } = refused
  const { priority, caller } = wish
  if (tooManyWaiting) {
    const problem = `The caller already has the maximum of ${caller?.maxWaiting} waiting requests, and no slot of the allowance is free`
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
  if (bound === 'REFUSED') {
    const problem =
      'The vendor refused the user or the password, so no request is sent with them, to avoid a lock-out, unless they are changed,'
    return new AllowanceSpentError(bound, problem, retryAt)
  }
  if (bound === 'BUSY') return new AllowanceSpentError(bound, 'The maximum number of requests is in progress', retryAt)
  if (bound === 'PAUSED') return new AllowanceSpentError(bound, 'The vendor requested a pause, which lasts', retryAt)
  const [share, size] = shares[bound]
  return new AllowanceSpentError(bound, `The ${share} (${size} in ${seconds} s) is used up`, retryAt)
}

/** Deletes what is stored of API keys that no organization has any more, a day after their last request. */
export async function pruneAllowances(sql: Sql): Promise<number> {
  return await sql.begin(async (tx) => {
    const gone = await tx<{ key: string }[]>`
      delete from allowances a
      where not exists (select from organizations o where o.allowance_key = a.key)
        and not exists (select from allowance_slots s where s.key = a.key and s.free_at > clock_timestamp() - interval '1 day')
        and not exists (select from allowance_waits w where w.key = a.key and w.until > clock_timestamp() - interval '1 day')
      returning key`
    for (const { key } of gone) {
      await tx`delete from allowance_slots where key = ${key}`
      await tx`delete from allowance_waits where key = ${key}`
    }
    return gone.length
  })
}
