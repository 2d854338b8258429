import { type Asker, FairQueue } from './fair-queue.ts'

export interface TurnWait {
  readonly waitMs: number
  /** Creates the error for a wait that exceeds `waitMs`. */
  readonly onLate: () => Error
}

interface Waiter {
  readonly asker: Asker
  begin(): void
}

/**
 * Serializes work of one process by key. A waiting caller holds no connection. Callers that wait for the same key are
 * served evenly: a caller with a hundred waits delays another by one turn.
 */
export class Turns {
  readonly #queues = new Map<string, FairQueue<Waiter>>()

  /** Number of keys in use. */
  get size(): number {
    return this.#queues.size
  }

  /**
   * Runs `work` once the key is free. Rejects with `onLate()` if the turn does not come in time, and with the signal's
   * reason if the asker leaves before.
   */
  async take<T>(
    key: string,
    { caller, signal }: Asker,
    { waitMs, onLate }: TurnWait,
    work: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    const asker = { caller }
    const queue = this.#queues.get(key) ?? new FairQueue<Waiter>({ perCaller: 1, heavy: 1 })
    this.#queues.set(key, queue)
    const turn = Promise.withResolvers<void>()
    const waiter: Waiter = { asker, begin: turn.resolve }
    const isFree = queue.callers === 0
    queue.push(waiter)
    if (isFree) queue.next()?.begin()
    const leave = (error: unknown) => {
      if (queue.remove(waiter)) turn.reject(error)
    }
    const onAbort = () => leave(signal?.reason)
    const timer = isFree || waitMs === Infinity ? undefined : setTimeout(() => leave(onLate()), waitMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await turn.promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    try {
      return await work()
    } finally {
      queue.release(asker)
      queue.next()?.begin()
      if (queue.callers === 0) this.#queues.delete(key)
    }
  }
}
