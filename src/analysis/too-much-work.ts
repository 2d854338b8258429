/** A question whose answer would take more reading than one question may cause. Nothing is said about the answer. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork'
  /** How many relationships one question may read. */
  readonly most: number

  constructor(most: number) {
    super(`the answer takes more than ${most} relationships to find`)
    this.most = most
  }
}
