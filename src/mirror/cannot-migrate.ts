/**
 * The database cannot be brought to this version's schema: another version made it, or its tables stay locked.
 * Not thrown where the database is away or refuses a statement: that is the driver's error.
 */
export class CannotMigrate extends Error {
  override readonly name = 'CannotMigrate'
  /** The migration that does not fit; undefined where it is none in particular. */
  readonly migration: string | undefined

  constructor(problem: string, facts: { migration?: string; cause?: unknown } = {}) {
    super(problem, { cause: facts.cause })
    this.migration = facts.migration
  }
}
