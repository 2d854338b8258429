import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { type Client, type ClientConfig, DatabaseError, type QueryResult, type QueryResultRow } from 'pg'
import { PreferringClient, settingsForPg } from '../connection/connection-settings.ts'
import type { DatabaseConnection } from '../database.ts'
import { CannotMigrate } from '../database-errors.ts'
import { dropPastViews, putPastViews } from '../history/views.ts'
import { foldCase } from './fold-case.ts'
import { type AppliedMigration, type Migration, pendingMigrations } from './pending-migrations.ts'

const folder = fileURLToPath(new URL('../../../drizzle', import.meta.url))
/**
 * Prerequisites of the tables. Both extensions are trusted: any role that may create objects in the database may create
 * them, and existing ones are kept. The function is declared immutable, which is correct for `unaccent` with a named
 * dictionary as long as its rules are not edited.
 */
const prerequisites = `
  create extension if not exists pg_trgm with schema public;
  create extension if not exists unaccent with schema public;
  create or replace function search_key(text) returns text language sql immutable strict parallel safe
    as $$ select lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
  ${foldCase}`

/** An arbitrary advisory lock id that nothing else uses. Processes that start together migrate one after another. */
const lock = 7_203_441

export interface MigrateOptions {
  /** Defaults to the migrations of this version. Tests pass others. */
  readonly migrations?: readonly Migration[]
  /**
   * Creates the views of this version, which require its tables. A test that stops at an earlier version creates none.
   */
  readonly putViews?: typeof putPastViews
  /**
   * Maximum wait for a locked table, per attempt. Meanwhile all statements on that table queue behind the migration.
   */
  readonly lockTimeoutMs?: number
  /** Number of attempts if a table is locked, and the pause after the first attempt, which doubles each time. */
  readonly tries?: number
  readonly pauseMs?: number
  readonly log?: (message: string, facts: object) => void
}

/**
 * Migrates the database to this version's schema on its own connection, in one transaction: all pending migrations are
 * applied, or none. Any number of processes may call it concurrently. Throws CannotMigrate, before any change, if
 * another version created the database.
 */
export async function migrateMirror(
  { connection }: { readonly connection: DatabaseConnection },
  options: MigrateOptions = {},
): Promise<void> {
  const { lockTimeoutMs = 5_000, tries = 8, pauseMs = 1_000, log = () => {} } = options
  const wanted = { migrations: readMigrations(), putViews: putPastViews, lockTimeoutMs, log, ...options }
  for (let attempt = 1; ; attempt += 1) {
    try {
      await inTransaction(connection, (client) => migrateWithin(client, wanted))
      return
    } catch (error) {
      if (!isLockedOut(error)) throw error
      if (attempt >= tries) throw stayedLocked(tries, error)
      log('another session has locked tables that a migration changes; retrying', { attempt })
      await pause(Math.min(pauseMs * 2 ** (attempt - 1), 15_000))
    }
  }
}

export function readMigrations(from = folder): Migration[] {
  return readMigrationFiles({ migrationsFolder: from }).map(({ name, hash, sql }) => ({ name, hash, statements: sql }))
}

/**
 * Runs `work` in a transaction on a connection outside the pools, so that neither their sizes nor their timeouts apply.
 * The client never reconnects: if the connection is lost, so are the transaction and its lock, and later statements
 * fail instead of running outside the transaction.
 */
async function inTransaction(connection: DatabaseConnection, work: (client: Client) => Promise<void>): Promise<void> {
  const own: ClientConfig = {
    application_name: 'essentials-graph migration',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  }
  const client = new PreferringClient({ ...own, ...settingsForPg(connection) })
  // The running statement rejects on its own. Without a listener, a lost connection would also end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } finally {
    // Closing the connection rolls back an open transaction.
    await client.end()
  }
}

async function migrateWithin(
  client: Client,
  { migrations, putViews, lockTimeoutMs, log }: Required<Omit<MigrateOptions, 'tries' | 'pauseMs'>>,
): Promise<void> {
  const run = async <Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    const result: QueryResult<Row> | QueryResult<Row>[] = await client.query<Row>(text, values && [...values])
    // Text with several statements returns a list of results.
    return Array.isArray(result) ? [] : result.rows
  }
  // No timeouts: the migration of another process may take as long as it needs, and so may this one.
  await run(`
    set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local timezone = 'UTC'`)
  const [free] = await run<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [lock])
  if (!free?.taken) {
    log('another process is migrating the database; waiting', {})
    await run('select pg_advisory_xact_lock($1)', [lock])
  }
  await run(`select set_config('lock_timeout', $1, true)`, [`${lockTimeoutMs}ms`])
  const applied = await readApplied(run)
  const pending = pendingMigrations(applied, migrations)
  await run(prerequisites)
  if (pending.length > 0) {
    // Views prevent a migration from dropping or altering the columns that they read.
    await dropPastViews(run)
    for (const migration of pending) await apply(run, migration)
    if (applied.length > 0) log('database migrated', { migrations: pending.map(({ name }) => name) })
  }
  await putViews(run)
}

type Run = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>

/** The table is the one that drizzle uses, so that drizzle-kit understands it. */
async function readApplied(run: Run): Promise<AppliedMigration[]> {
  const [found] = await run<{ journal: boolean; tables: boolean }>(`
    select to_regclass('drizzle.__drizzle_migrations') is not null as journal, to_regclass('public.users') is not null as tables`)
  if (found?.journal)
    return await run<AppliedMigration>('select name, hash from drizzle.__drizzle_migrations order by id')
  if (found?.tables) {
    throw new CannotMigrate(
      'The database has tables but no list of applied migrations (the schema drizzle): ' +
        'use an empty database, or restore a backup with all of its schemas.',
    )
  }
  await run(`
    create schema if not exists drizzle;
    create table drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint, name text, applied_at timestamp with time zone default now())`)
  return []
}

async function apply(run: Run, { name, hash, statements }: Migration): Promise<void> {
  for (const statement of statements) await run(statement)
  const row = [hash, timestampOf(name), name]
  await run('insert into drizzle.__drizzle_migrations (hash, created_at, name) values ($1, $2, $3)', row)
}

/** The timestamp at the start of a migration's name, in milliseconds since 1970, as drizzle stores it. */
function timestampOf(name: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

/** Whether the migration hit its lock_timeout or was the victim of a deadlock. */
function isLockedOut(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '55P03' || error.code === '40P01')
}

function stayedLocked(tries: number, cause: unknown): CannotMigrate {
  return new CannotMigrate(
    `The database could not be migrated because other sessions kept its tables locked for all ${tries} attempts: ` +
      'end their transactions (pg_stat_activity lists them), or stop the other processes, and start again.',
    { cause },
  )
}
