/** The vendor's clock. It moves by a millisecond with each look, so that no two edits happen at one moment, and on by what is waited. */
export class VendorTime {
  /** Called after each look. */
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
