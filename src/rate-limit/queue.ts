/**
 * The requests of one process that wait for a slot of one key. A single loop takes slots for them, so at most one
 * statement is in flight, and no connection is held while no slot is free. Callers take turns, and every fourth turn
 * goes to background work.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Refused, Slots, Taken, Wish } from './slots.ts'

export interface QueueOptions {
  /** Maximum time between two attempts, and maximum random addition that keeps processes apart, in milliseconds. */
  readonly pollMs: number
  readonly jitterMs: number
  /**
   * Creates the error of a rejected request. `tooManyWaiting`: its caller already has the maximum number of waiting
   * requests.
   */
  refusal(wish: Wish, refused: Refused, tooManyWaiting: boolean): Error
}

/** Requests with the same limits, in order of arrival. */
interface Lane {
  readonly id: string
  readonly wish: Wish
  readonly waiters: Set<Waiter>
}

interface Waiter {
  readonly lane: Lane
  readonly deadline: number
  readonly maxPauseMs: number
  /** Set after the first refused attempt: from then on the request counts as waiting. */
  timer?: NodeJS.Timeout
  /** Removes the request from the queue. A second call has no effect. */
  settle(result: Taken | { readonly error: unknown }): void
}

/** A limit that was reached. Times are from the local monotonic clock, in milliseconds. */
interface Block {
  readonly refused: Refused
  /** Time of the next attempt. */
  readonly retryFrom: number
  /** The earliest time at which a slot can be free. */
  readonly freeFrom: number
}

const turnsPerBackgroundTurn = 4
/**
 * While only background work waits, attempts are this much rarer: with many organizations they would be most of an
 * idle worker's statements. The time at which a slot becomes free is known, unless limits are raised meanwhile.
 */
const backgroundPatience = 6
const longestTimerMs = 2 ** 31 - 1

export class AllowanceQueue {
  readonly #slots: Slots
  readonly #options: QueueOptions
  readonly #lanes = new Map<string, Lane>()
  /** By scope: one lane, one priority, or all lanes. */
  readonly #blocks = new Map<string, Block>()
  #turn = 0
  #running = false
  #arrival = Promise.withResolvers<void>()

  constructor(slots: Slots, options: QueueOptions) {
    this.#slots = slots
    this.#options = options
  }

  async take(
    wish: Wish,
    { maxWaitMs, maxPauseMs }: { readonly maxWaitMs: number; readonly maxPauseMs: number },
    signal: AbortSignal | undefined,
  ): Promise<Taken> {
    signal?.throwIfAborted()
    const taken = Promise.withResolvers<Taken>()
    const lane = this.#laneOf(wish)
    const onAbort = () => waiter.settle({ error: signal?.reason })
    const waiter: Waiter = {
      lane,
      deadline: performance.now() + maxWaitMs,
      maxPauseMs,
      settle: (result) => {
        if (!lane.waiters.delete(waiter)) return
        if (lane.waiters.size === 0) this.#lanes.delete(lane.id)
        clearTimeout(waiter.timer)
        signal?.removeEventListener('abort', onAbort)
        if ('error' in result) taken.reject(result.error)
        else taken.resolve(result)
      },
    }
    signal?.addEventListener('abort', onAbort)
    lane.waiters.add(waiter)
    this.#arrive(waiter)
    return await taken.promise
  }

  #laneOf(wish: Wish): Lane {
    const id = JSON.stringify([wish.priority, wish.caller?.share, wish.caller?.name, wish.verifies])
    const lane = this.#lanes.get(id) ?? { id, wish, waiters: new Set() }
    this.#lanes.set(id, lane)
    return lane
  }

  /**
   * Applies a known limit to a new request if other requests are waiting for that limit to clear. Otherwise the limit
   * may be outdated and is checked again.
   */
  #arrive(waiter: Waiter): void {
    for (const scope of scopesOf(waiter.lane)) {
      const block = this.#blocks.get(scope)
      if (!block) continue
      if (this.#lanesIn(scope).some(({ waiters }) => [...waiters].some(({ timer }) => timer))) this.#park(waiter, block)
      else this.#blocks.delete(scope)
    }
    this.#arrival.resolve()
    if (!this.#running) void this.#run()
  }

  /** A request of this process has ended, or is out of doubt: those that waited for it need not wait for the next attempt. */
  ended(): void {
    for (const [scope, { refused }] of this.#blocks) if (refused.bound === 'BUSY') this.#blocks.delete(scope)
    this.#arrival.resolve()
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#lanes.size > 0) {
      this.#arrival = Promise.withResolvers()
      const lane = this.#nextLane()
      if (lane) await this.#attempt(lane)
      else await this.#rest()
    }
    this.#blocks.clear()
    this.#running = false
  }

  /** The lane whose turn it is, among those that no limit blocks. */
  #nextLane(): Lane | undefined {
    const now = performance.now()
    for (const [scope, { retryFrom }] of this.#blocks) if (retryFrom <= now) this.#blocks.delete(scope)
    const open = [...this.#lanes.values()].filter((lane) => !scopesOf(lane).some((scope) => this.#blocks.has(scope)))
    this.#turn += 1
    const isBackgroundTurn = this.#turn % turnsPerBackgroundTurn === 0
    const lane = open.find(({ wish }) => (wish.priority === 'background') === isBackgroundTurn) ?? open[0]
    if (lane) {
      // Moves the lane to the end.
      this.#lanes.delete(lane.id)
      this.#lanes.set(lane.id, lane)
    }
    return lane
  }

  async #attempt(lane: Lane): Promise<void> {
    const [waiter] = lane.waiters
    if (!waiter) return
    let result: Taken | Refused | undefined
    try {
      result = await this.#slots.take(lane.wish)
    } catch (error) {
      waiter.settle({ error })
      return
    }
    if (result === undefined) {
      await sleep(Math.random() * 3)
      return
    }
    if ('bound' in result && result.bound === 'REFUSED') {
      waiter.settle({ error: this.#options.refusal(lane.wish, result, false) })
      return
    }
    if ('bound' in result) return this.#block(lane, result)
    // The waiter may have left in the meantime.
    const [next] = lane.waiters
    if (next) next.settle(result)
    else await this.#slots.free(result, 0).catch(() => {})
  }

  #block(lane: Lane, refused: Refused): void {
    const scope = scopeOf(lane, refused)
    const now = performance.now()
    const lanes = this.#lanesIn(scope)
    const patience = lanes.every(({ wish }) => wish.priority === 'background') ? backgroundPatience : 1
    const pollMs = this.#options.pollMs * patience
    const retryFrom = now + Math.min(refused.waitMs + 1, pollMs) + Math.random() * this.#options.jitterMs
    const block = { refused, retryFrom, freeFrom: now + refused.waitMs }
    this.#blocks.set(scope, block)
    for (const { waiters } of lanes) for (const waiter of waiters) this.#park(waiter, block)
  }

  /** Lets the request wait. Rejects it if no slot can become free in time, or if too many requests are waiting. */
  #park(waiter: Waiter, { refused, freeFrom }: Block): void {
    const { lane, deadline, maxPauseMs } = waiter
    const left = deadline - performance.now()
    const isLongPause = refused.bound === 'PAUSED' && freeFrom - performance.now() > maxPauseMs
    const waiting = [...lane.waiters].filter((one) => one.timer && one !== waiter).length
    const tooMany = waiter.timer === undefined && waiting >= (lane.wish.caller?.maxWaiting ?? Infinity)
    if (tooMany || isLongPause || deadline < freeFrom) {
      waiter.settle({ error: this.#options.refusal(lane.wish, refused, tooMany) })
      return
    }
    waiter.timer ??= setTimeout(
      () => {
        if (left > longestTimerMs) return
        const latest = scopesOf(lane).flatMap((scope) => this.#blocks.get(scope) ?? [])[0]
        waiter.settle({ error: this.#options.refusal(lane.wish, latest?.refused ?? refused, false) })
      },
      Math.min(left, longestTimerMs),
    )
  }

  #lanesIn(scope: string): Lane[] {
    return [...this.#lanes.values()].filter((lane) => scopesOf(lane).includes(scope))
  }

  /** Waits until the next attempt is due or another request arrives. */
  async #rest(): Promise<void> {
    const until = Math.min(...[...this.#blocks.values()].map(({ retryFrom }) => retryFrom))
    const waking = new AbortController()
    const pause = sleep(Math.max(1, until - performance.now()), undefined, { signal: waking.signal }).catch(() => {})
    await Promise.race([pause, this.#arrival.promise])
    waking.abort()
  }
}

/** The scopes that a limit may apply to: the lane, its priority, all lanes. The others wait for one that verifies. */
function scopesOf({ id, wish }: Lane): readonly [string, string, string] {
  if (wish.verifies) return [id, id, id]
  return [id, wish.priority, 'all']
}

/** Background work has a lower limit of requests in progress than the others, which does not block them. */
function scopeOf(lane: Lane, { bound }: Refused): string {
  const [ofLane, ofPriority, ofAll] = scopesOf(lane)
  if (bound === 'CALLER') return ofLane
  if (bound === 'SHARE') return ofPriority
  return bound === 'BUSY' && lane.wish.priority === 'background' ? ofPriority : ofAll
}
