/** The database: whether it can be reached, its version, extensions, migrations and connections. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../../config/env.ts'
import { checkConnectionBudget } from '../../db/connection/connection-budget.ts'
import { connectionsOf, type Database, openDatabase } from '../../db/database.ts'
import { CannotMigrate } from '../../db/database-errors.ts'
import { type MigrationState, readMigrationState } from '../../db/migrations/migration-state.ts'
import { operatorName, readSessions } from '../../db/sessions.ts'
import { joinEmbeddedPostgres } from '../../embedded/embedded-postgres.ts'
import { queueConnections } from '../../sync/queue-tables.ts'
import { counted } from '../operator/output.ts'
import { type Check, error, ok, reasonOf, warning } from './check.ts'

export interface FoundDatabase extends AsyncDisposable {
  /** Undefined: it cannot be used. */
  readonly database: Database | undefined
  /** Whether its tables are those of this version. */
  readonly isCurrent: boolean
  /** Whether a server of this program uses it now. */
  readonly isServing: boolean
  readonly checks: readonly Check[]
}

const joinMs = 5_000
const oldestVersion = 15

/** Never starts or migrates a database. */
export async function findDatabase(config: Config): Promise<FoundDatabase> {
  await using opening = new AsyncDisposableStack()
  const none = (check: Check): FoundDatabase => ({
    database: undefined,
    isCurrent: false,
    isServing: false,
    checks: [check],
    [Symbol.asyncDispose]: async () => {},
  })
  const where = config.databaseUrl ? 'The database of DATABASE_URL' : `The embedded Postgres of ${config.dataDir}`
  const unusable = (cause: unknown) =>
    none(
      error(
        'database',
        `${where} cannot be used: ${reasonOf(cause)}.`,
        config.databaseUrl
          ? 'Check that Postgres runs, that DATABASE_URL names it, and that its user may connect.'
          : 'Read postgres.log in the data folder, then restart the server.',
      ),
    )
  let database: Database
  try {
    const connection = config.databaseUrl ? { url: config.databaseUrl } : await join(config.dataDir)
    if (!connection)
      return none(
        warning(
          'database',
          `No server runs on ${config.dataDir}, so its database was not checked.`,
          'Start it with `npm start`. If it runs elsewhere, set its DATA_DIR or DATABASE_URL here, too.',
        ),
      )
    database = openDatabase(connection, { connections: 2, name: operatorName })
    opening.defer(() => database.close())
    await database.sql`select 1`
  } catch (cause) {
    return unusable(cause)
  }
  try {
    const isServing = !config.databaseUrl || (await readSessions(database.sql)).sessions > 0
    const migrations = await checkMigrations(database, isServing)
    const checks = [
      await checkVersion(database, where),
      await checkExtensions(database, migrations.state === 'EMPTY'),
      migrations.check,
      await checkConnections(database, config),
    ]
    const owned = opening.move()
    const isCurrent = migrations.state === 'CURRENT'
    return { database, isCurrent, isServing, checks, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  } catch (cause) {
    return unusable(cause)
  }
}

/** A Postgres that is starting or stopping is waited for. */
async function join(dataDir: string) {
  const late = new AbortController()
  const joined = joinEmbeddedPostgres({ dataDir })
  joined.catch(() => {})
  const tooLate = wait(joinMs, undefined, { signal: late.signal }).then(() => {
    throw new Error('it is starting or stopping')
  })
  try {
    return (await Promise.race([joined, tooLate]))?.connection
  } finally {
    late.abort()
    tooLate.catch(() => {})
  }
}

async function checkVersion({ sql }: Database, where: string): Promise<Check> {
  const [row] = await sql<[{ number: number; name: string }]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name`
  if (row.number >= oldestVersion * 10_000) return ok('database', `${where} answers: Postgres ${row.name}.`)
  return error('database', `${where} is Postgres ${row.name}.`, `Upgrade it to Postgres ${oldestVersion} or later.`)
}

async function checkExtensions({ sql }: Database, isEmpty: boolean): Promise<Check> {
  const names = ['pg_trgm', 'unaccent']
  const rows = await sql<{ name: string; isInstalled: boolean }[]>`
    select name, installed_version is not null as "isInstalled" from pg_available_extensions
    where name in ('pg_trgm', 'unaccent')`
  const unavailable = names.filter((name) => !rows.some((row) => row.name === name))
  if (unavailable.length > 0)
    return error(
      'extensions',
      `Postgres does not offer ${unavailable.join(' and ')}.`,
      'Install the contrib package of Postgres.',
    )
  const missing = rows.filter(({ isInstalled }) => !isInstalled).map(({ name }) => name)
  if (missing.length === 0) return ok('extensions', `${names.join(' and ')} are installed.`)
  if (isEmpty) return ok('extensions', `${names.join(' and ')} are available. The first start installs them.`)
  return error('extensions', `${missing.join(' and ')} are not installed.`, 'Run `npm start -- migrate`.')
}

async function checkMigrations(
  { sql }: Database,
  isServing: boolean,
): Promise<{ readonly state: MigrationState['state'] | 'NEWER'; readonly check: Check }> {
  try {
    const { state, pending } = await readMigrationState(sql)
    if (state === 'CURRENT') return { state, check: ok('migrations', 'The database has the tables of this version.') }
    if (state === 'EMPTY') {
      const check = warning('migrations', 'The database is empty.', 'The first start creates the tables: `npm start`.')
      return { state, check }
    }
    const action = isServing
      ? 'A running process is of an earlier version. Stop it, run `npm start -- migrate`, and start this version.'
      : 'Run `npm start -- migrate`, or start the server, which migrates first.'
    const message = `The database lacks ${counted(pending.length, 'migration')} of this version, the first of them ${pending[0]}.`
    return { state, check: error('migrations', message, action) }
  } catch (cause) {
    if (!(cause instanceof CannotMigrate)) throw cause
    const [message = '', action = ''] = cause.message.split(/: (?=\w[^:]*$)/)
    return { state: 'NEWER', check: error('migrations', `${message}.`, action) }
  }
}

async function checkConnections(database: Database, config: Config): Promise<Check> {
  const wanted = connectionsOf(config.databaseConnections) + (config.redisUrl ? 0 : queueConnections)
  try {
    const { available, inUse } = await checkConnectionBudget(database.control, wanted)
    const message = `${inUse} of ${available} connections are open; a process opens up to ${wanted}.`
    if (available - inUse >= 5) return ok('connections', message)
    return warning('connections', message, 'Raise max_connections of Postgres, or lower the DATABASE_…_CONNECTIONS.')
  } catch (cause) {
    return error('connections', reasonOf(cause), 'Raise max_connections of Postgres.')
  }
}
