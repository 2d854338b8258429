import type { CallOptions } from '../../vendor/http/connection.ts'

/** How long the requests of one write may wait for the allowance in total. */
export class WaitBudget {
  #leftMs: number
  readonly #now: () => number

  constructor(leftMs: number, now: () => number = () => performance.now()) {
    this.#leftMs = leftMs
    this.#now = now
  }

  /**
   * Raises the remaining time to at least `leftMs`: ending a write after it sent a request would leave it half done.
   */
  atLeast(leftMs: number): void {
    this.#leftMs = Math.max(this.#leftMs, leftMs)
  }

  /** Makes a call with the remaining time, and deducts the time that was not spent on requests. */
  async spend<T>(call: (options: Pick<CallOptions, 'maxWaitMs' | 'onAttempt'>) => Promise<T>): Promise<T> {
    const from = this.#now()
    let underWayMs = 0
    try {
      return await call({
        maxWaitMs: this.#leftMs,
        onAttempt: ({ milliseconds }) => {
          underWayMs += milliseconds
        },
      })
    } finally {
      this.#leftMs = Math.max(0, this.#leftMs - (this.#now() - from - underWayMs))
    }
  }
}
