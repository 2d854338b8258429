import type { Logger } from 'pino'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../embedded/embedded-postgres.ts'
import type { DatabaseConnection } from './database.ts'

/** The embedded Postgres of a data folder: the running one if joining is allowed, or one started for this process. */
export async function openEmbeddedDatabase(
  dataDir: string,
  logger: Logger,
  mayJoin: boolean,
): Promise<{ connection: DatabaseConnection } & AsyncDisposable> {
  const up = mayJoin ? await joinEmbeddedPostgres({ dataDir }) : undefined
  return up ?? (await startEmbeddedPostgres({ dataDir, log: (message, facts) => logger.info(facts ?? {}, message) }))
}
