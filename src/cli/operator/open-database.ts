/**
 * The database for the commands that work beside a server. They never migrate it: the server may be of another version.
 */
import type { Logger } from 'pino'
import type { Config } from '../../config/env.ts'
import { type Database, openDatabase } from '../../db/database.ts'
import { CannotMigrate, DatabaseUnusable } from '../../db/database-errors.ts'
import { readMigrationState } from '../../db/migrations/migration-state.ts'
import { operatorName } from '../../db/sessions.ts'
import { counted, OperatorError } from './output.ts'

/**
 * Joins the embedded Postgres of a running server, or starts it. Throws an OperatorError if its tables are not those of
 * this version, or if no server has used the database yet, unless the command `mayCreate` it.
 */
export async function openOperatorDatabase(
  config: Config,
  logger: Logger,
  { mayCreate = false } = {},
): Promise<{ readonly database: Database } & AsyncDisposable> {
  if (!config.databaseUrl && !mayCreate) await requireEmbedded(config.dataDir)
  await using opening = new AsyncDisposableStack()
  const connection = config.databaseUrl
    ? { url: config.databaseUrl }
    : opening.use(await startOrJoin(config.dataDir, logger)).connection
  const database = openDatabase(connection, { connections: 2, name: operatorName })
  opening.defer(() => database.close())
  const found = await readMigrationState(database.sql).catch((error: unknown) => {
    throw config.databaseUrl && !(error instanceof CannotMigrate) ? new DatabaseUnusable(error) : error
  })
  if (found.state === 'EMPTY' && !mayCreate)
    throw new OperatorError('The database is empty: no server has used it yet. Start one with `npm start`.')
  if (found.state === 'EMPTY') {
    const { migrateDatabase } = await import('../../app.ts')
    await migrateDatabase(config, connection, logger)
  }
  if (found.state === 'STALE')
    throw new OperatorError(
      `The database lacks ${counted(found.pending.length, 'migration')} of this version. Run \`npm start -- migrate\`, or use the version that the server runs.`,
    )
  const owned = opening.move()
  return { database, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Starting an embedded Postgres creates a database if there is none. */
async function requireEmbedded(dataDir: string): Promise<void> {
  const { findRunningPostgres } = await import('../../embedded/embedded-postgres.ts')
  if ((await findRunningPostgres(dataDir)) === 'NO_DATABASE')
    throw new OperatorError(
      `DATA_DIR, ${dataDir}, has no database: no server has used it yet. Start one with \`npm start\`, or set DATA_DIR or DATABASE_URL as for the server that runs.`,
    )
}

async function startOrJoin(dataDir: string, logger: Logger) {
  const { openEmbeddedDatabase } = await import('../../db/embedded-database.ts')
  return await openEmbeddedDatabase(dataDir, logger, true)
}
