import type { Sql } from '../database.ts'
import { readMigrations } from './migrate.ts'
import { type AppliedMigration, pendingMigrations } from './pending-migrations.ts'

export interface MigrationState {
  /** EMPTY: no version of the program has used the database yet. STALE: an earlier version has. */
  readonly state: 'EMPTY' | 'STALE' | 'CURRENT'
  /** The migrations that this version would apply. */
  readonly pending: readonly string[]
}

/** Compares the database with this version, and changes nothing. Throws CannotMigrate if another version upgraded it. */
export async function readMigrationState(sql: Sql): Promise<MigrationState> {
  const [found] = await sql<{ isThere: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`
  const applied = found?.isThere
    ? await sql<AppliedMigration[]>`select name, hash from drizzle.__drizzle_migrations order by id`
    : []
  const pending = pendingMigrations(applied, readMigrations()).map(({ name }) => name)
  if (applied.length === 0) return { state: 'EMPTY', pending }
  return { state: pending.length > 0 ? 'STALE' : 'CURRENT', pending }
}
