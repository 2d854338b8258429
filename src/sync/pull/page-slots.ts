/**
 * Limits the number of pages that a worker applies at the same time. Waiting jobs are served in order of arrival, and an
 * organization has at most one of them, so organizations take turns. Jobs need a slot only while they apply: one that
 * waits for the vendor, the allowance or a retry delays no other organization.
 */
export class PageSlots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(size: number) {
    this.#free = size
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((begin) => this.#waiting.push(begin))
    try {
      return await work()
    } finally {
      // A slot that is passed on never becomes free.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
