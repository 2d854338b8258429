/**
 * The configured database cannot be used at startup: it is unavailable, rejects the connection, or cannot be migrated.
 * Not thrown after startup: then the process waits for the database and reports its state.
 */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'

  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    super(
      `The database of DATABASE_URL cannot be used: ${why}. Expected Postgres 15 or later, in which this user may create tables and schemas.`,
      { cause },
    )
  }
}

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
