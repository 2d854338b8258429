/**
 * Who gets the next connection. Each caller waits in a queue of its own; the caller that holds the fewest connections is served first, so that
 * one who asks for a hundred at once takes turns with one who asks for a single one.
 */

/** Who asks for a connection. */
export interface Asker {
  /** Callers are served evenly, and each may hold a share of the pool at most. */
  readonly caller: string
  /** Ends the wait, and cancels the statement in flight. */
  readonly signal?: AbortSignal | undefined
  /** Costly work of all callers together may hold a part of the pool only, so that light work always finds a connection. */
  readonly isHeavy?: boolean
}

export interface Shares {
  /** How many connections one caller may hold. */
  readonly perCaller: number
  /** How many connections heavy work may hold, over all callers. */
  readonly heavy: number
}

interface Caller {
  held: number
  readonly light: Set<Waiter>
  readonly heavy: Set<Waiter>
}

export interface Waiter {
  readonly asker: Asker
  /** In the order of arrival. */
  readonly since: number
}

export class FairQueue<Waiting extends Waiter> {
  readonly #shares: Shares
  readonly #callers = new Map<string, Caller>()
  #heavyHeld = 0
  #waiting = 0

  constructor(shares: Shares) {
    this.#shares = shares
  }

  get waiting(): number {
    return this.#waiting
  }

  push(waiter: Waiting): void {
    const { caller, isHeavy } = waiter.asker
    const known = this.#callers.get(caller) ?? { held: 0, light: new Set(), heavy: new Set() }
    this.#callers.set(caller, known)
    known[isHeavy ? 'heavy' : 'light'].add(waiter)
    this.#waiting += 1
  }

  /** How many callers hold a connection or wait for one. */
  get callers(): number {
    return this.#callers.size
  }

  has(waiter: Waiter): boolean {
    const { caller, isHeavy } = waiter.asker
    return this.#callers.get(caller)?.[isHeavy ? 'heavy' : 'light'].has(waiter) ?? false
  }

  /** Takes a waiter out; false where it was served before. */
  remove(waiter: Waiting): boolean {
    const { caller, isHeavy } = waiter.asker
    if (!this.#callers.get(caller)?.[isHeavy ? 'heavy' : 'light'].delete(waiter)) return false
    this.#waiting -= 1
    this.#forget(caller)
    return true
  }

  /** The waiter to be served next, who holds a connection from now on; undefined where nobody who waits may have one. */
  next(): Waiting | undefined {
    let best: Caller | undefined
    let first: Waiter | undefined
    for (const caller of this.#callers.values()) {
      const waiter = this.#firstOf(caller)
      if (!waiter) continue
      if (!best || !first || caller.held < best.held || (caller.held === best.held && waiter.since < first.since)) {
        best = caller
        first = waiter
      }
    }
    if (!best || !first) return undefined
    const { isHeavy } = first.asker
    best[isHeavy ? 'heavy' : 'light'].delete(first)
    best.held += 1
    if (isHeavy) this.#heavyHeld += 1
    this.#waiting -= 1
    return first as Waiting
  }

  /** How many waiters could be served at once if there were connections enough. */
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

  /** A connection of the asker's came back, or is gone. */
  release({ caller, isHeavy }: Asker): void {
    const known = this.#callers.get(caller)
    if (known) known.held -= 1
    if (isHeavy) this.#heavyHeld -= 1
    this.#forget(caller)
  }

  /** Every waiter, which waits no longer. */
  drain(): Waiting[] {
    const all = [...this.#callers.values()].flatMap(({ light, heavy }) => [...light, ...heavy])
    for (const { light, heavy } of this.#callers.values()) {
      light.clear()
      heavy.clear()
    }
    this.#waiting = 0
    for (const caller of [...this.#callers.keys()]) this.#forget(caller)
    return all as Waiting[]
  }

  #firstOf(caller: Caller): Waiter | undefined {
    if (caller.held >= this.#shares.perCaller) return undefined
    return first(caller.light) ?? (this.#heavyHeld < this.#shares.heavy ? first(caller.heavy) : undefined)
  }

  #forget(name: string): void {
    const caller = this.#callers.get(name)
    if (caller && caller.held === 0 && caller.light.size === 0 && caller.heavy.size === 0) this.#callers.delete(name)
  }
}

function first(waiters: ReadonlySet<Waiter>): Waiter | undefined {
  return waiters.values().next().value
}
