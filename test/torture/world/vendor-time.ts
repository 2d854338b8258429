/**
 * The vendor's clock. It advances by a millisecond with each reading, so that no two edits happen at the same time, and
 * by the time that passes.
 */
export class VendorTime {
  /** Called after each reading. */
  onLook: () => void = () => {}
  #now = Date.now()

  get now(): number {
    return this.#now
  }

  readonly look = (): number => {
    this.#now += 1
    this.onLook()
    return this.#now
  }

  pass(milliseconds: number): void {
    this.#now += Math.ceil(milliseconds)
  }
}
