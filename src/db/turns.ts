/** Work of one process that must take turns, by a key: who waits holds no connection. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** How many keys are in use. */
  get size(): number {
    return this.#last.size
  }

  /** Runs `work` once all that came before it under the same key has ended. Rejects with `onLate()` where its turn does not come in time. */
  async take<T>(key: string, waitMs: number, onLate: () => Error, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const last = Promise.all([before, ended]).then(() => {
      if (this.#last.get(key) === last) this.#last.delete(key)
    })
    this.#last.set(key, last)
    try {
      if (before) await inTime(before, waitMs, onLate)
      return await work()
    } finally {
      end()
    }
  }
}

async function inTime(promise: Promise<void>, waitMs: number, onLate: () => Error): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(onLate()), waitMs)
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
