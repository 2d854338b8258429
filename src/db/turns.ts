import { type Asker, FairQueue } from './fair-queue.ts'

export interface Patience {
  readonly waitMs: number
  /** Makes the error of a wait that takes longer. */
  readonly onLate: () => Error
}

interface Waiter {
  readonly asker: Asker
  begin(): void
}

/**
 * Work of one process that must take turns, by a key. Who waits holds no connection. Callers who wait for the same key are served evenly: one
 * who waits a hundred times delays another by one turn.
 */
export class Turns {
  readonly #queues = new Map<string, FairQueue<Waiter>>()

  /** How many keys are in use. */
  get size(): number {
    return this.#queues.size
  }

  /**
   * Runs `work` once the key is free. Rejects with `onLate()` where its turn does not come in time, and with the signal's reason where the
   * asker leaves before.
   */
  async take<T>(
    key: string,
    { caller, signal }: Asker,
    { waitMs, onLate }: Patience,
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
