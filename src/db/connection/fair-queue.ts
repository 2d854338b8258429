/**
 * Decides who gets the next connection. Each caller has a queue of its own. The caller with the fewest connections is
 * served first; among equals, the one that has waited longest since its last service. A caller that requests a hundred
 * connections therefore alternates with a caller that requests one, even if the pool has only one connection.
 */

/** A request for a connection. */
export interface Asker {
  /** Callers are served evenly, and each may hold a limited share of the pool. */
  readonly caller: string
  /** Ends the wait, and cancels the statement in flight. */
  readonly signal?: AbortSignal | undefined
  /** All heavy work together may hold only a part of the pool, so that light work always finds a connection. */
  readonly isHeavy?: boolean
}

export interface Shares {
  /** Maximum number of connections per caller. */
  readonly perCaller: number
  /** Maximum number of connections for heavy work, over all callers. */
  readonly heavy: number
}

/** Waiters with their arrival numbers. Arrivals and services share one counter. */
type Line = Map<Waiter, number>

interface Caller {
  held: number
  /** Counter value of the last service. */
  servedAt: number
  readonly light: Line
  readonly heavy: Line
}

export interface Waiter {
  readonly asker: Asker
}

export class FairQueue<Waiting extends Waiter> {
  readonly #shares: Shares
  readonly #callers = new Map<string, Caller>()
  #heavyHeld = 0
  #waiting = 0
  #number = 0

  constructor(shares: Shares) {
    this.#shares = shares
  }

  get waiting(): number {
    return this.#waiting
  }

  push(waiter: Waiting): void {
    const { caller, isHeavy } = waiter.asker
    const known = this.#callers.get(caller) ?? { held: 0, servedAt: 0, light: new Map(), heavy: new Map() }
    this.#callers.set(caller, known)
    known[isHeavy ? 'heavy' : 'light'].set(waiter, ++this.#number)
    this.#waiting += 1
  }

  /** Number of callers that hold a connection or wait for one. */
  get callers(): number {
    return this.#callers.size
  }

  has(waiter: Waiter): boolean {
    const { caller, isHeavy } = waiter.asker
    return this.#callers.get(caller)?.[isHeavy ? 'heavy' : 'light'].has(waiter) ?? false
  }

  /** Removes a waiter. Returns false if it was already served. */
  remove(waiter: Waiting): boolean {
    const { caller, isHeavy } = waiter.asker
    if (!this.#callers.get(caller)?.[isHeavy ? 'heavy' : 'light'].delete(waiter)) return false
    this.#waiting -= 1
    this.#forget(caller)
    return true
  }

  /** Takes the next waiter to serve, who holds a connection from now on. Undefined if no waiter may have one. */
  next(): Waiting | undefined {
    let best: { caller: Caller; waiter: Waiter; since: number } | undefined
    for (const caller of this.#callers.values()) {
      const first = this.#firstOf(caller)
      if (!first) continue
      const [waiter, arrivedAt] = first
      const since = Math.max(arrivedAt, caller.servedAt)
      const { held } = best?.caller ?? { held: Infinity }
      if (!best || caller.held < held || (caller.held === held && since < best.since)) best = { caller, waiter, since }
    }
    if (!best) return undefined
    const { caller, waiter } = best
    const { isHeavy } = waiter.asker
    caller[isHeavy ? 'heavy' : 'light'].delete(waiter)
    caller.held += 1
    caller.servedAt = ++this.#number
    if (isHeavy) this.#heavyHeld += 1
    this.#waiting -= 1
    return waiter as Waiting
  }

  /** Number of waiters that could be served if there were enough connections. */
  get eligible(): number {
    let count = 0
    let heavy = Math.max(0, this.#shares.heavy - this.#heavyHeld)
    for (const caller of this.#callers.values()) {
      const room = Math.max(0, this.#shares.perCaller - caller.held)
      const light = Math.min(room, caller.light.size)
      const more = Math.min(room - light, caller.heavy.size, heavy)
      heavy -= more
      count += light + more
    }
    return count
  }

  /** Records that a connection of the asker was returned or closed. */
  release({ caller, isHeavy }: Asker): void {
    const known = this.#callers.get(caller)
    if (known) known.held -= 1
    if (isHeavy) this.#heavyHeld -= 1
    this.#forget(caller)
  }

  /** Removes and returns all waiters. */
  drain(): Waiting[] {
    const all = [...this.#callers.values()].flatMap(({ light, heavy }) => [...light.keys(), ...heavy.keys()])
    for (const { light, heavy } of this.#callers.values()) {
      light.clear()
      heavy.clear()
    }
    this.#waiting = 0
    for (const caller of [...this.#callers.keys()]) this.#forget(caller)
    return all as Waiting[]
  }

  #firstOf(caller: Caller): [Waiter, number] | undefined {
    if (caller.held >= this.#shares.perCaller) return undefined
    return first(caller.light) ?? (this.#heavyHeld < this.#shares.heavy ? first(caller.heavy) : undefined)
  }

  #forget(name: string): void {
    const caller = this.#callers.get(name)
    if (caller && caller.held === 0 && caller.light.size === 0 && caller.heavy.size === 0) this.#callers.delete(name)
  }
}

function first(line: Line): [Waiter, number] | undefined {
  return line.entries().next().value
}
