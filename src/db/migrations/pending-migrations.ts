/** Determines which migrations a database lacks, and checks that the applied ones are known. */
import { CannotMigrate } from '../database-errors.ts'

export interface Migration {
  /** Name of the folder below drizzle/, which begins with a timestamp. */
  readonly name: string
  /** SHA-256 of migration.sql, in hexadecimal. */
  readonly hash: string
  readonly statements: readonly string[]
}

/** A row of `drizzle.__drizzle_migrations`. */
export interface AppliedMigration {
  readonly name: string | null
  readonly hash: string
}

/**
 * Returns the known migrations that were not applied, ordered by name. May include one that is older than the newest
 * applied one, because a branch can be merged late. Throws CannotMigrate if an applied migration is unknown, or differs
 * from the known one.
 */
export function pendingMigrations(applied: readonly AppliedMigration[], known: readonly Migration[]): Migration[] {
  const hashes = new Map(known.map(({ name, hash }) => [name, hash]))
  const [first = ''] = [...hashes.keys()].sort()
  const differing = applied.find(({ name, hash }) => hashes.has(name ?? '') && hashes.get(name ?? '') !== hash)
  if (differing) throw madeByPreRelease(differing, 'is not the one that was released under this name')
  const unknown = applied.filter(({ name }) => !hashes.has(name ?? ''))
  const early = unknown.find(({ name }) => name === null || name < first)
  if (early) throw madeByPreRelease(early, 'was never released')
  const [newer] = unknown
  if (newer) throw madeByNewer(newer.name ?? '')
  const names = new Set(applied.map(({ name }) => name))
  return known.filter(({ name }) => !names.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function madeByPreRelease({ name, hash }: AppliedMigration, why: string): CannotMigrate {
  const migration = name ?? `with the hash ${hash}`
  return new CannotMigrate(
    `The database was made by a pre-release version (its migration ${migration} ${why}) and cannot be upgraded: ` +
      'start with an empty database (another DATABASE_URL or DATA_DIR), or restore a backup made by a release.',
    { migration },
  )
}

function madeByNewer(migration: string): CannotMigrate {
  return new CannotMigrate(
    `The database was upgraded by a newer version (its migration ${migration} is unknown to this one): ` +
      'run that version or a later one, or restore a backup from before the upgrade.',
    { migration },
  )
}
