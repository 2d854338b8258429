/**
 * The database that the configuration names cannot be used at the start: away, refusing, or not to be migrated.
 * Not thrown once the process is up: then it waits for the database, and says so to those who ask.
 */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'

  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    super(
      `The database of DATABASE_URL cannot be used: ${why}. Expected a Postgres, 15 or later, in which this user may make tables and schemas.`,
      { cause },
    )
  }
}
