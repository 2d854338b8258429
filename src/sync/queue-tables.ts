/** The queue's tables and connections in Postgres. Separate from the queue, which only a worker loads. */
import { createRequire } from 'node:module'
import type * as BullMQ from 'bullmq'
import { PreferringClient, settingsForPg } from '../db/connection/connection-settings.ts'
import type { DatabaseConnection } from '../db/database.ts'
import { queueNames } from './jobs.ts'

export const queueSchema = 'bullmq'

/** Maximum number of Postgres connections of a queue. Each worker keeps one of them to listen on. */
export const queueConnections = queueNames.length + 9

/** The only module of BullMQ that a process without a worker needs. The whole package would take 13 MB. */
const { runMigrations }: Pick<typeof BullMQ, 'runMigrations'> = createRequire(import.meta.url)(
  'bullmq/dist/cjs/postgres/migrator.js',
)

/** Creates the queue's tables in Postgres. */
export async function migrateQueue(connection: DatabaseConnection): Promise<void> {
  const client = new PreferringClient(settingsForPg(connection))
  await client.connect()
  try {
    await runMigrations(client, queueSchema)
  } finally {
    await client.end()
  }
}
