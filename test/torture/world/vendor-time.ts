/**
 * The vendor's clock. It advances by a millisecond with each reading, so that no two edits happen at the same time, and
 * by the time that passes.
 */
export class VendorTime {
  /** Called after each reading. */
  onLook: () => void = () => {}
  #now = Date.now()
  #skipped = 0

  get now(): number {
    return this.#now
  }

  readonly look = (): number => {
    this.#now += 1
    this.onLook()
    return this.#now
  }

  /** The time for limits of the process. A limit does not expire between two readings because the run skips time. */
  get unskipped(): number {
    return this.#now - this.#skipped
  }

  pass(milliseconds: number, isSkipped = true): void {
    this.#now += Math.ceil(milliseconds)
    if (isSkipped) this.#skipped += Math.ceil(milliseconds)
  }
}
