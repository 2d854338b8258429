import type { CallOptions } from '../essentials/send-call.ts'

/** How long the requests of one write may wait for the allowance, all together. */
export class Patience {
  #leftMs: number
  readonly #now: () => number

  constructor(leftMs: number, now: () => number = () => performance.now()) {
    this.#leftMs = leftMs
    this.#now = now
  }

  /** So much is left at least: what breaks off after something was sent leaves a half. */
  atLeast(leftMs: number): void {
    this.#leftMs = Math.max(this.#leftMs, leftMs)
  }

  /** Makes a call with what is left, and takes off what was spent on other things than requests under way. */
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
