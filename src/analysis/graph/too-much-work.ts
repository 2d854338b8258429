/** A query that would read more than one query may. It says nothing about the answer. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork'
  /** The maximum number of relationships that one query may read. */
  readonly most: number

  constructor(most: number) {
    super(`finding the answer requires reading more than ${most} relationships`)
    this.most = most
  }
}
