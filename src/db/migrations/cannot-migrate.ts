/**
 * The database cannot be migrated to this version's schema: another version created it, or its tables stay locked. Not
 * thrown if the database is unavailable or rejects a statement: that is the driver's error.
 */
export class CannotMigrate extends Error {
  override readonly name = 'CannotMigrate'
  /** The conflicting migration. Undefined if no specific one is at fault. */
  readonly migration: string | undefined

  constructor(problem: string, facts: { migration?: string; cause?: unknown } = {}) {
    super(problem, { cause: facts.cause })
    this.migration = facts.migration
  }
}
