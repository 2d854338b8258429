/** A worker in a separate process, to be killed: opens its resources, reports that, and starts on a message. */
import { once } from 'node:events'
import pino from 'pino'
import { openDatabase } from '../../../src/db/database.ts'
import { operationWork } from '../../../src/operations/operation-work.ts'
import { openAllowance } from '../../../src/rate-limit/vendor-allowance.ts'
import { openQueue } from '../../../src/sync/queue.ts'
import { startSyncWorker } from '../../../src/sync/worker.ts'
import { createEssentialsClient } from '../../../src/vendor/client.ts'
import { openSecrets } from '../../../src/writes/secrets.ts'
import type { WorkerProcessOptions } from './killed-worker.ts'

const { connection, baseUrl, organizationId, requestsPerMinute, times } = JSON.parse(
  process.argv[2] ?? '',
) as WorkerProcessOptions
const logger = pino({ level: 'trace' }, pino.destination({ dest: 1, sync: true }))
const { sql, listen } = openDatabase(connection)
const client = createEssentialsClient({
  organization: 'acme',
  baseUrl,
  apiKey: 'key',
  apiSecret: 'secret-of-the-key',
  allowance: await openAllowance(sql, 'acme', requestsPerMinute, times),
  logger,
})
const sync = {
  sql,
  logger,
  historyDays: 400,
  clientOf: (id: number) => (id === organizationId ? client : undefined),
}
const queue = openQueue({ postgres: connection }, logger, { lockDuration: 1_000, stalledInterval: 250 })
await sql`select 1`
process.send?.('ready')
await once(process, 'message')
const operations = operationWork({ ...sync, control: sql, secrets: openSecrets(Buffer.alloc(32, 7)) })
await startSyncWorker(sync, queue, { operations, listen, rhythm: { tickMs: 1_000, healMs: 15_000, gapMs: 20 } })
