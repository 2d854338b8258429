/** The database for the commands of operators, which never migrate it: the server beside them may be of another version. */
import type { Logger } from 'pino'
import type { Config } from '../../config/env.ts'
import { type Database, openDatabase } from '../../db/database.ts'
import { CannotMigrate, DatabaseUnusable } from '../../db/database-errors.ts'
import { readMigrationState } from '../../db/migrations/migration-state.ts'
import { operatorName } from '../../db/sessions.ts'
import { counted, OperatorError } from './output.ts'

/**
 * Joins the embedded Postgres of a running server, or starts it if it exists. Throws an OperatorError if it does not, or
 * if its tables are not those of this version.
 */
export async function openOperatorDatabase(
  config: Config,
  logger: Logger,
): Promise<{ readonly database: Database } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack()
  const connection = config.databaseUrl
    ? { url: config.databaseUrl }
    : opening.use(await startOrJoin(config.dataDir, logger)).connection
  const database = openDatabase(connection, { connections: 2, name: operatorName })
  opening.defer(() => database.close())
  const found = await readMigrationState(database.sql).catch((error: unknown) => {
    throw config.databaseUrl && !(error instanceof CannotMigrate) ? new DatabaseUnusable(error) : error
  })
  if (found.state === 'EMPTY')
    throw new OperatorError('The database is empty: no server has used it yet. Start one with `npm start`.')
  if (found.state === 'STALE')
    throw new OperatorError(
      `The database lacks ${counted(found.pending.length, 'migration')} of this version. Run \`npm start -- migrate\`, or use the version that the server runs.`,
    )
  const owned = opening.move()
  return { database, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function startOrJoin(dataDir: string, logger: Logger) {
  const { findRunningPostgres } = await import('../../embedded/embedded-postgres.ts')
  if ((await findRunningPostgres(dataDir)) === 'NO_DATABASE')
    throw new OperatorError(
      `${dataDir} contains no database: no server has run on it. Start one with \`npm start\`. If it runs elsewhere, set its DATA_DIR or DATABASE_URL here, too.`,
    )
  const { openEmbeddedDatabase } = await import('../../db/embedded-database.ts')
  return await openEmbeddedDatabase(dataDir, logger, true)
}
