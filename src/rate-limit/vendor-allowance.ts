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
 * If the vendor refuses the credentials of a key, its requests stop for an hour (credential-guard.ts).
 *
 * Processes may have different limits. A slot stores the limit under which it was taken. A slot is taken only while
 * three limits allow one more request: the limit of the process, the limits of all requests in the window, and the
 * limits of all processes that waited for a slot within the last window. A window in which a process sends a request
 * therefore never holds more requests than that process's limit.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { isoOf } from '../db/timestamps.ts'
import { type CredentialGuard, claimArea, ofCredential, openGuard, type Slot } from './credential-guard.ts'
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
  type Slots,
  type Taken,
  usualHoldMs,
  type Wish,
} from './slots.ts'

export interface TakeOptions {
  /** What the request is about, such as one organization of a partner. The vendor may refuse it alone. */
  readonly area?: string | undefined
  /** See `Wish`. */
  readonly verifies?: boolean | undefined
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
  /** Undefined for a key whose credentials are not distinguished. */
  readonly guard?: CredentialGuard | undefined
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
  })
  if (credential !== null) await wakePulls(sql, key, credential)
  const slots = openSlots(sql, key, requestsPerWindow, times, limits)
  const queue = new AllowanceQueue(slots, {
    pollMs: Math.min(longestPollMs, times.windowMs / 12),
    jitterMs: Math.min(longestJitterMs, times.windowMs / 100),
    refusal: (wish, refused, tooManyWaiting) => spent(wish, refused, tooManyWaiting, times.windowMs / 1000),
  })

  const held = holdSlots(slots, limits)
  const slotOf = ({ takenAt, token }: Taken, free: (afterMs: number) => Promise<string>): Slot => {
    return { sentAt: takenAt, token, release: () => free(times.windowMs) }
  }
  const guard = credential === null ? undefined : openGuard(sql, key, credential)
  const wake = async (tell: Promise<void>) => {
    await tell
    queue.ended()
  }

  return {
    async take({ priority, caller, signal, area, verifies, maxWaitMs = Infinity, maxPauseMs = Infinity }) {
      const until = performance.now() + maxWaitMs
      for (;;) {
        const waitMs = Math.max(0, until - performance.now())
        const taken: Taken = await queue.take({ priority, caller, verifies }, { maxWaitMs: waitMs, maxPauseMs }, signal)
        held.add(taken)
        const free = async (afterMs: number) => {
          held.delete(taken)
          const now = await slots.free(taken, afterMs)
          queue.ended()
          return now
        }
        // Asked last, because another request may have been refused during the wait.
        try {
          if (credential === null || area === undefined) return slotOf(taken, free)
          const { refusedUntil, isAsked } = await claimArea(sql, key, area, credential, taken)
          if (refusedUntil) throw new AllowanceSpentError('REFUSED', areaRefused, refusedUntil)
          if (!isAsked) return slotOf(taken, free)
          if (performance.now() >= until) throw new AllowanceSpentError('BUSY', areaAsked, taken.takenAt)
        } catch (error) {
          await free(0).catch(() => {})
          throw error
        }
        await free(0)
        await sleep(askAgainMs * (0.5 + Math.random()), undefined, signal && { signal })
      }
    },
    guard: guard && {
      accept: (slot) => wake(guard.accept(slot)),
      refuse: guard.refuse,
      settle: (area, isAccepted) => wake(guard.settle(area, isAccepted)),
    },
    async pause(milliseconds) {
      await sql`update allowances
        set paused_until = greatest(paused_until, clock_timestamp() + ${milliseconds / 1000} * interval '1 second')
        where key = ${key}`
    },
  }
}

/**
 * With other credentials than the refused ones there is no reason to wait. These stay refused: a process that has not
 * been restarted yet may still have them. The organizations are locked in a transaction of their own: those that take
 * slots would wait for the row of the allowance.
 */
async function wakePulls(sql: Sql, key: string, credential: string): Promise<void> {
  const areas = sql`key = ${key} and credential <> ${credential} and area <> ${ofCredential('')}::text || credential`
  const [changed] = await sql`
    select from allowances
    where key = ${key} and refused_until > clock_timestamp() and refused_credential is distinct from ${credential}
    union all (select from allowance_refusals where ${areas} limit 1)`
  if (!changed) return
  await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    await tx`
      update organizations set next_pull_at = clock_timestamp()
      from organizations p
      where p.allowance_key = ${key} and p.id in (organizations.id, organizations.partner_id)
        and organizations.next_pull_at > clock_timestamp()
        -- Processes that begin later wake only what has failed.
        and (organizations.failures_running > 0 or not exists (
          select from allowances where key = ${key} and accepted_credential = ${credential}))`
    await tx`delete from allowance_refusals where ${areas}`
  })
}

/** Extends the time of the requests in progress. Those of a killed process soon count as ended. */
function holdSlots(slots: Slots, { atOnce, holdMs = usualHoldMs }: KeyLimits) {
  const held = new Set<Taken>()
  let timer: NodeJS.Timeout | undefined
  const renew = () => {
    if (held.size > 0) return void slots.hold([...held]).catch(() => {})
    clearInterval(timer)
    timer = undefined
  }
  return {
    add(taken: Taken): void {
      held.add(taken)
      if (atOnce !== undefined) timer ??= setInterval(renew, holdMs / 3).unref()
    },
    delete: (taken: Taken) => held.delete(taken),
  }
}

/** How long a request waits for another one about the same area, before it looks again. */
const askAgainMs = 100
const areaAsked = 'Another request about the organization, which the vendor may refuse, is in progress'
const areaRefused =
  'The vendor refused the user and the password for this organization, but accepts them otherwise. No request about it is sent with them'

/** Until when no request is sent with these credentials. Undefined unless the vendor has refused them. */
export async function readRefusal(sql: Sql, key: string, credential: string | undefined): Promise<string | undefined> {
  if (credential === undefined) return undefined
  const [row] = await sql<{ until: string | null }[]>`
    select max(until) as until from (
      select refused_until as until from allowances where key = ${key} and refused_credential = ${credential}
      union all select until from allowance_refusals where key = ${key} and area = ${ofCredential(credential)}) r
    where until > clock_timestamp()`
  return row?.until ? isoOf(row.until) : undefined
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
    const problem = 'The vendor refused the user or the password. To avoid a lock-out, no request is sent with them'
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
      await tx`delete from allowance_refusals where key = ${key}`
    }
    await tx`delete from allowance_refusals where until <= clock_timestamp()`
    return gone.length
  })
}
