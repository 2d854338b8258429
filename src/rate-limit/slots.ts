/**
 * The rows of an allowance: takes a slot and returns it, in one statement each.
 *
 * A slot is taken by compare-and-set. The statement counts the slots in use in its snapshot, and takes one only if
 * `allowances.takes` is unchanged since that snapshot, so no two takers decide on the same count. Slots that become
 * free in between only make the count too high.
 */
import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import { isoOf } from '../db/timestamps.ts'
import { ofCredential } from './credential-guard.ts'
import { backgroundAtOnceOf, callerCapOf, floorOf, reservedOf, unproven } from './shares.ts'

export type Priority = 'interactive' | 'background'

/** The caller on whose behalf an interactive request is sent. */
export interface Caller {
  readonly name: string
  /** The caller's maximum share of the interactive slots, as a fraction of 1. */
  readonly share: number
  /**
   * Maximum number of the caller's requests that may wait for a slot in this process. Further requests are rejected.
   */
  readonly maxWaiting: number
}

export interface Wish {
  readonly priority: Priority
  readonly caller?: Caller | undefined
  /** The request asks whether the vendor accepts the credentials, which it has refused for an area. */
  readonly verifies?: boolean | undefined
}

export interface Taken {
  readonly slot: number
  readonly token: number
  readonly takenAt: string
}

/**
 * The limit that blocks a request. REFUSED: the vendor has refused the credentials. BUSY: enough requests are in
 * progress, or enough background ones if the request is one of them, or it is being asked whether it refuses them.
 */
export type Bound = 'REFUSED' | 'PAUSED' | 'BUSY' | 'LIMIT' | 'SHARE' | 'CALLER'

export interface Refused {
  readonly bound: Bound
  /** The limit in force. */
  readonly limit: number
  /** Milliseconds until a slot can be free, unless another request takes it. */
  readonly waitMs: number
  readonly retryAt: string
}

/**
 * How long the vendor counts a request, and how long a request may last at most. Shorter in tests and for faster
 * vendors.
 */
export interface AllowanceTimes {
  readonly windowMs: number
  readonly leaseMs: number
}

/** Further limits of a key. */
export interface KeyLimits {
  /**
   * Maximum number of requests in progress, over all processes. Background work leaves one of them to interactive
   * requests. Undefined: no maximum.
   */
  readonly atOnce?: number | undefined
  /**
   * Identifies the key's credentials, which may change. While they are refused, no request is sent. At most two requests
   * are in progress that the vendor may yet refuse.
   */
  readonly credential?: string | undefined
  /** How long a request of a killed process counts as being in progress. Defaults to 30 s. */
  readonly holdMs?: number | undefined
}

export interface Slots {
  /** Takes a slot. Undefined if another process took a slot at the same moment: try again. */
  take(wish: Wish): Promise<Taken | Refused | undefined>
  /** Returns a slot, which becomes free after `afterMs`. Resolves to the current time. */
  free(taken: Taken, afterMs: number): Promise<string>
  /** Lets these requests count as being in progress for longer. */
  hold(taken: readonly Taken[]): Promise<void>
}

interface Row {
  slot: number | null
  token: number | null
  now: string
  bound: Bound | null
  limit: number
  wait: number | null
  at: string | null
}

/** Time between two attempts while enough requests are in progress. */
const busyMs = 100
export const usualHoldMs = 30_000

export function openSlots(
  sql: Sql,
  key: string,
  configured: number,
  { windowMs, leaseMs }: AllowanceTimes,
  { atOnce, credential, holdMs = usualHoldMs }: KeyLimits = {},
): Slots {
  const windowSeconds = windowMs / 1000
  const heldSeconds = (windowMs + leaseMs) / 1000
  const holdSeconds = holdMs / 1000
  const backgroundAtOnce = atOnce === undefined ? undefined : backgroundAtOnceOf(atOnce)

  async function take({ priority, caller, verifies = false }: Wish): Promise<Taken | Refused | undefined> {
    const kind = priority === 'interactive' ? 'INTERACTIVE' : 'BACKGROUND'
    const name = caller?.name ?? null
    const share = caller?.share ?? 1
    // With fewer rows than this request's limits allow, and no lower limit registered, no count is needed.
    const countFrom =
      priority === 'background'
        ? configured - Math.min(reservedOf(configured), configured - 1)
        : Math.min(configured - floorOf(configured), callerCapOf(configured, share))
    const [row] = await sql<Row[]>`
      with a as materialized (
        select *, clock_timestamp() as now, (
          select until from allowance_refusals where key = ${key} and area = ${ofCredential(credential ?? '')}) as rests_until
        from allowances where key = ${key}
      ),
      waits as materialized (
        select coalesce(bool_or(w.priority = 'BACKGROUND'), false) as background, min(w.requests_per_window) as lowest
        from a join allowance_waits w on w.key = a.key and w.until > a.now
      ),
      busy as materialized (
        select s.free_at, s.priority, s.caller, s.requests_per_window as within
        from waits cross join a join allowance_slots s on s.key = a.key and s.free_at > a.now
        where a.slots >= ${countFrom} or a.requests_per_window <> ${configured} or waits.lowest < ${configured}
      ),
      used as materialized (
        select count(*)::int as total, (count(*) filter (where priority = 'INTERACTIVE'))::int as interactive,
          (count(*) filter (where priority = 'BACKGROUND'))::int as background,
          (count(*) filter (where caller = ${name}))::int as own, min(within) as within
        from busy
      ),
      bounds as materialized (
        select l.size, least(greatest(1, l.size / 10), l.size - 1) as reserved, f.floor,
          greatest(1, floor((l.size - f.floor) * ${share}::float8))::int as cap
        from used, waits,
          lateral (select least(${configured}::int, used.within, waits.lowest) as size) l,
          lateral (select least((l.size + 3) / 4, l.size - 1) as floor) f
      ),
      v as materialized (
        select a.now, a.takes, a.slots, b.*, case
          when a.rests_until > a.now then 'REFUSED'
          when a.refused_until > a.now and a.refused_credential = ${credential ?? null}::text
            and (a.doubted_until is null or a.doubted_until <= a.now or ${verifies} and a.refusals <> 1) then 'REFUSED'
          when a.doubted_until > a.now and a.refused_credential = ${credential ?? null}::text and not ${verifies} then 'BUSY'
          when a.paused_until > a.now then 'PAUSED'
          when ${atOnce ?? null}::int is not null and (
            select count(*) >= ${atOnce ?? null}::int
              or ${kind} = 'BACKGROUND' and count(*) filter (where s.priority = 'BACKGROUND') >= ${backgroundAtOnce ?? null}::int
              or ${credential !== undefined} and (
                count(*) filter (where d.unproven) >= case when ${verifies} then 1 else ${unproven.atOnce} end
                or ${kind} = 'BACKGROUND'
                  and count(*) filter (where d.unproven and s.priority = 'BACKGROUND') >= ${unproven.background})
            from allowance_slots s,
              lateral (select a.accepted_credential is distinct from ${credential ?? null}::text or s.token > a.accepted_token
                as unproven) d
            where s.key = a.key and s.free_at > a.now
              -- A process of a former release holds the slot itself for longer than the window, and leaves the time of the
              -- request before, if that was never answered.
              and case when s.held_until > s.free_at - ${heldSeconds} * interval '1 second' then s.held_until
                else s.free_at - ${windowSeconds} * interval '1 second' end > a.now) then 'BUSY'
          when used.total >= b.size then 'LIMIT'
          when ${kind} = 'BACKGROUND' and used.background >= b.floor and used.total >= b.size - b.reserved then 'SHARE'
          when ${kind} = 'INTERACTIVE' and (waits.background or used.background > 0)
            and used.interactive >= b.size - b.floor then 'SHARE'
          when ${name}::text is not null and used.own >= b.cap then 'CALLER'
          end as bound
        from a, used, waits, bounds b
      ),
      free as materialized (
        select coalesce((select s.slot from allowance_slots s where s.key = ${key} and s.free_at <= v.now order by s.free_at limit 1),
          v.slots) as slot
        from v where v.bound is null
      ),
      counted as (
        update allowances u set takes = u.takes + 1, slots = greatest(u.slots, free.slot + 1), requests_per_window = v.size
        from v, free where u.key = ${key} and u.takes = v.takes
        returning u.takes as token
      ),
      taken as (
        insert into allowance_slots as s (key, slot, free_at, token, priority, caller, requests_per_window, held_until)
        select ${key}, free.slot, v.now + ${heldSeconds} * interval '1 second', counted.token, ${kind}::allowance_priority,
          ${name}, ${configured}, case when ${atOnce !== undefined} then v.now + ${holdSeconds} * interval '1 second' end
        from v, free, counted
        on conflict (key, slot) do update set free_at = excluded.free_at, token = excluded.token,
          priority = excluded.priority, caller = excluded.caller, requests_per_window = excluded.requests_per_window,
          held_until = excluded.held_until, area = null
          where s.free_at <= excluded.free_at - ${heldSeconds} * interval '1 second'
        returning s.slot, s.token
      ),
      waiting as (
        insert into allowance_waits as w (key, priority, requests_per_window, until)
        select ${key}, ${kind}::allowance_priority, ${configured}, v.now + ${windowSeconds} * interval '1 second'
        from v where v.bound is not null
        on conflict (key, priority, requests_per_window) do update set until = excluded.until
          where w.until < excluded.until - ${windowSeconds / 20} * interval '1 second'
      )
      select taken.slot, taken.token, v.now, v.bound, v.size as limit, n.at,
        (extract(epoch from n.at - v.now) * 1000)::float8 as wait
      from v cross join used cross join a left join taken on true
      left join lateral (
        select case v.bound
          when 'REFUSED' then case when a.rests_until > a.now then a.rests_until else a.refused_until end
          when 'PAUSED' then a.paused_until
          when 'BUSY' then a.now + ${busyMs / 1000} * interval '1 second'
          when 'LIMIT' then (select free_at from busy order by free_at offset used.total - v.size limit 1)
          when 'CALLER' then (
            select free_at from busy where caller = ${name} order by free_at offset used.own - v.cap limit 1)
          when 'SHARE' then case when ${kind} = 'INTERACTIVE'
            then (select free_at from busy where priority = 'INTERACTIVE' order by free_at
              offset used.interactive - (v.size - v.floor) limit 1)
            else least(
              (select free_at from busy where priority = 'BACKGROUND' order by free_at
                offset used.background - v.floor limit 1),
              (select free_at from busy order by free_at offset used.total - (v.size - v.reserved) limit 1))
            end
          end as at
      ) n on true`
    if (!row)
      throw new Error('The database has no allowance for this API key; expected the row that openAllowance adds')
    if (row.bound !== null) {
      return { bound: row.bound, limit: row.limit, waitMs: row.wait ?? windowMs, retryAt: isoOf(row.at ?? row.now) }
    }
    if (row.slot === null || row.token === null) return undefined
    return { slot: row.slot, token: row.token, takenAt: isoOf(row.now) }
  }

  async function free({ slot, token }: Taken, afterMs: number): Promise<string> {
    // If a database crash loses a release, the slot stays leased, which is safe. The commit therefore need not reach
    // the disk.
    const [row] = await sql<{ now: string }[]>`
      with lazily as (select set_config('synchronous_commit', 'off', true))
      update allowance_slots set free_at = clock_timestamp() + ${afterMs / 1000} * interval '1 second', held_until = null
      from lazily where key = ${key} and slot = ${slot} and token = ${token}
      returning free_at - ${afterMs / 1000} * interval '1 second' as now`
    // The lease expired and another request has the slot, but the time is still needed.
    const [other] = row ? [row] : await sql<{ now: string }[]>`select clock_timestamp() as now`
    return isoOf(other?.now ?? '')
  }

  async function hold(taken: readonly Taken[]): Promise<void> {
    await sql`
      update allowance_slots set held_until = clock_timestamp() + ${holdSeconds} * interval '1 second'
      where key = ${key} and token = any(${array(taken.map(({ token }) => token))}::bigint[]) and held_until is not null`
  }

  return { take, free, hold }
}
