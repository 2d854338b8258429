/**
 * The requests that one API key may send: no more than its limit in any 60 seconds, over all processes.
 *
 * Each request takes a slot, a row. A slot may be taken again one window after the *answer* to its request arrived, by the
 * database's clock, so that neither the network's jitter nor a machine's clock can bring two requests of one slot into one window.
 * Until the answer is there the slot is leased for longer than any request may last: a process that dies loses a slot for a while,
 * never the bound. Work that nobody waits for leaves a tenth of the slots free.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from './database.ts'
import { isoOf } from './iso.ts'

export type Priority = 'interactive' | 'background'

export interface Slot {
  /** Not later than the moment at which the request is sent. */
  readonly sentAt: string
  /** Gives the slot back; when the answer arrived. */
  release(): Promise<string>
}

export interface Allowance {
  take(options: { priority: Priority; signal?: AbortSignal | undefined; maxWaitMs?: number | undefined }): Promise<Slot>
  /** Holds every request of the key back for so long: the vendor says that it is sent too much. */
  pause(milliseconds: number): Promise<void>
}

/** The allowance is spent, and would not be free again within the wait that the caller allows. */
export class AllowanceSpentError extends Error {
  override readonly name = 'AllowanceSpentError'
  /** When a slot is free again. */
  readonly retryAt: string

  constructor(retryAt: string) {
    super(`The allowance of requests is spent until ${retryAt}`)
    this.retryAt = retryAt
  }
}

export const windowMs = 60_000
/** A lease is longer than any request may last. */
const usualTimes: AllowanceTimes = { windowMs, leaseMs: 60_000 }
/** Slots become rows as they are needed: a key whose limit is lifted never has a million of them. */
const firstSlots = 100

/** How many of these requests are kept free for people and writes. */
export function reservedOf(requestsPerWindow: number): number {
  return Math.max(1, Math.floor(requestsPerWindow / 10))
}

/** How long the vendor counts a request, and how long one may last. Others than the real ones for a vendor whose clock runs faster. */
export interface AllowanceTimes {
  readonly windowMs: number
  readonly leaseMs: number
}

/**
 * Puts the key's limit down, and forgets the slots above it; those in use only once they are free, so that a limit which is lowered and
 * raised again within a window does not give them out twice.
 */
export async function openAllowance(
  sql: Sql,
  key: string,
  requestsPerWindow: number,
  { windowMs, leaseMs }: AllowanceTimes = usualTimes,
): Promise<Allowance> {
  await sql.begin(async (tx) => {
    await tx`insert into allowances (key, requests_per_window) values (${key}, ${requestsPerWindow})
      on conflict (key) do update set requests_per_window = excluded.requests_per_window,
        slots = least(allowances.slots, excluded.requests_per_window)`
    await tx`
      delete from allowance_slots where key = ${key} and slot >= ${requestsPerWindow} and free_at <= clock_timestamp()`
  })
  // At least one request a window is left to background work, however small the limit.
  const reserved = Math.min(reservedOf(requestsPerWindow), requestsPerWindow - 1)

  async function take({ priority, signal, maxWaitMs = Infinity }: Parameters<Allowance['take']>[0]): Promise<Slot> {
    const deadline = performance.now() + maxWaitMs
    const leaveFree = priority === 'interactive' ? 0 : reserved
    for (;;) {
      signal?.throwIfAborted()
      const left = deadline - performance.now()
      const taken = await acquire(leaveFree, 0)
      if (taken) return slotOf(taken)
      if (await grow()) continue
      const next = priority === 'interactive' ? await acquire(0, Math.min(left, windowMs + leaseMs)) : undefined
      if (next) {
        if (await isFree(next, signal)) return slotOf(next)
        continue
      }
      const { wait, at } = await nextFree(leaveFree)
      if (wait > left) throw new AllowanceSpentError(at)
      await sleep(Math.max(5, Math.min(wait, 5_000)) + Math.random() * 50, undefined, signal && { signal })
    }
  }

  function slotOf(taken: Taken): Slot {
    return { sentAt: taken.startAt, release: () => free(taken, windowMs) }
  }

  /** Waits until a slot that is taken beforehand is free; false, and it is given back, where the key is paused by then. */
  async function isFree(taken: Taken, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await sleep(taken.wait + 1, undefined, signal && { signal })
    } catch (error) {
      await free(taken, 0)
      throw error
    }
    const [paused] = await sql`select from allowances where key = ${key} and paused_until > clock_timestamp()`
    if (paused) await free(taken, 0)
    return !paused
  }

  /** Gives a slot back, to be taken again after so many ms, and never before it was free when it was taken. Tells the time. */
  async function free({ slot, token, startAt }: Taken, after: number): Promise<string> {
    // A release that a crash of the database forgets leaves the slot leased, which is safe: so the commit need not reach the disk.
    const [row] = await sql<{ now: string }[]>`
      with lazily as (select set_config('synchronous_commit', 'off', true))
      update allowance_slots s set free_at = greatest(
          clock_timestamp() + ${after / 1000} * interval '1 second', ${startAt}::timestamptz,
          (select paused_until from allowances a where a.key = s.key))
      from lazily
      where key = ${key} and slot = ${slot} and token = ${token} returning clock_timestamp() as now`
    // The lease ran out and somebody else has the slot: the time is still to be told.
    const [other] = row ? [row] : await sql<{ now: string }[]>`select clock_timestamp() as now`
    return isoOf(other?.now ?? '')
  }

  async function acquire(leaveFree: number, longestWait: number): Promise<Taken | undefined> {
    const [row] = await sql<{ slot: number; token: number; wait: number; start_at: string }[]>`
      with t as (
        select clock_timestamp() as now, requests_per_window as slots, ${leaveFree}::int - (requests_per_window - slots) as leave_free
        from allowances where key = ${key}
      ),
      c as (
        select s.slot, greatest(s.free_at, t.now) as start_at, t.now
        from allowance_slots s, t
        where s.key = ${key} and s.slot < t.slots and s.free_at <= t.now + ${longestWait / 1000} * interval '1 second'
          and (t.leave_free <= 0 or t.leave_free < (
            select count(*) from (
              select 1 from allowance_slots f where f.key = ${key} and f.slot < t.slots and f.free_at <= t.now limit t.leave_free + 1
            ) free))
        order by s.free_at limit 1 for update of s skip locked
      )
      update allowance_slots s
      set free_at = c.start_at + ${(windowMs + leaseMs) / 1000} * interval '1 second', token = s.token + 1
      from c where s.key = ${key} and s.slot = c.slot
      returning s.slot, s.token, (extract(epoch from c.start_at - c.now) * 1000)::float8 as wait, c.start_at`
    return row && { slot: row.slot, token: row.token, wait: row.wait, startAt: isoOf(row.start_at) }
  }

  /** Makes more slots where the limit allows them; whether it did. */
  async function grow(): Promise<boolean> {
    const rows = await sql`
      with a as (
        select key, slots, least(requests_per_window, greatest(slots * 2, ${firstSlots})) as wanted, paused_until
        from allowances where key = ${key} and slots < requests_per_window for update
      ),
      made as (
        insert into allowance_slots (key, slot, free_at)
        select a.key, n, coalesce(a.paused_until, '-infinity') from a, generate_series(a.slots, a.wanted - 1) as n
        on conflict do nothing
      )
      update allowances set slots = a.wanted from a where allowances.key = a.key returning 1`
    return rows.length > 0
  }

  async function nextFree(leaveFree: number): Promise<{ wait: number; at: string }> {
    const [row] = await sql<{ wait: number; at: string }[]>`
      select greatest(0, extract(epoch from free_at - clock_timestamp()) * 1000)::float8 as wait, free_at as at
      from allowance_slots where key = ${key} and slot < (select requests_per_window from allowances where key = ${key})
      order by free_at offset ${leaveFree} limit 1`
    return row ? { wait: row.wait, at: isoOf(row.at) } : { wait: 1_000, at: new Date().toISOString() }
  }

  async function pause(milliseconds: number): Promise<void> {
    await sql.begin(async (tx) => {
      await tx`update allowances set paused_until = greatest(paused_until, clock_timestamp() + ${milliseconds / 1000} * interval '1 second')
        where key = ${key}`
      await tx`update allowance_slots s set free_at = a.paused_until from allowances a
        where s.key = ${key} and a.key = s.key and s.free_at < a.paused_until`
    })
  }

  return { take, pause }
}

interface Taken {
  slot: number
  token: number
  /** Milliseconds until the slot is free. */
  wait: number
  startAt: string
}
