/** The resources that a process opens in order to write, without a server. */
import pino, { type Logger } from 'pino'
import type { Sql } from '../../../src/db/database.ts'
import { putOrganizations } from '../../../src/mirror/sync-organizations.ts'
import type { WriteService } from '../../../src/operations/write-service.ts'
import { openWrites } from '../../../src/operations/write-service.ts'
import { openAllowance } from '../../../src/rate-limit/vendor-allowance.ts'
import type { SyncDeps } from '../../../src/sync/deps.ts'
import type { EssentialsClient } from '../../../src/vendor/adapter.ts'
import type { Timeouts } from '../../../src/vendor/client.ts'
import { openSecrets } from '../../../src/writes/secrets.ts'
import type { Clock } from '../../../src/writes/session/settle.ts'
import { type Api, columnsOf, createClient } from '../../support/api.ts'

export interface ProcessOptions {
  readonly timeouts?: Partial<Timeouts>
  readonly requestsPerMinute?: number
  /** How long a minute of the allowance lasts. Defaults to 60 s. */
  readonly windowMs?: number
  /** Explicitly undefined: no idempotency key can be used. */
  readonly secretKey?: Buffer | undefined
  /** The clock of the pauses between reads. Defaults to a clock that advances only by sleeping. */
  readonly pauses?: Clock
  readonly closing?: AbortSignal
  /** Which of the vendor's APIs the client uses. Defaults to v2. */
  readonly api?: Api
}

export interface OpenedProcess extends AsyncDisposable {
  readonly organizationId: number
  readonly client: EssentialsClient
  readonly sync: SyncDeps
  readonly writes: WriteService
  readonly logger: Logger
  /** All log lines so far. */
  readonly lines: string[]
}

/** A clock that advances only by sleeping. `onSleep` advances other clocks with it. */
export function sleepingClock(onSleep: (milliseconds: number) => void = () => {}): Clock {
  let now = 0
  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      now += milliseconds
      onSleep(milliseconds)
    },
  }
}

export async function openProcess(sql: Sql, baseUrl: string, options: ProcessOptions = {}): Promise<OpenedProcess> {
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })
  const { api = 'v2' } = options
  const ids = await putOrganizations(sql, [
    { slug: 'acme', name: 'Acme', allowanceKey: 'acme', pullIntervalSeconds: 300, ...columnsOf(api) },
  ])
  const organizationId = ids.get('acme') as number
  const limits = api === 'v1' ? { atOnce: 4, credential: 'the password' } : {}
  const times = options.windowMs === undefined ? undefined : { windowMs: options.windowMs, leaseMs: 60_000 }
  const shared = {
    organization: 'acme',
    allowance: await openAllowance(sql, 'acme', options.requestsPerMinute ?? 100_000, times, limits),
    logger,
    timeouts: { totalMs: 10_000, ...options.timeouts },
    retry: {
      transient: { retries: 2, baseMs: 1, capMs: 2 },
      rateLimited: { retries: 6, baseMs: 5_000, capMs: 60_000 },
    },
  }
  const vendor = { url: baseUrl, origin: new URL(baseUrl).origin }
  const client = createClient(api, vendor, { ...shared, apiKey: 'key', apiSecret: 'secret-of-the-key' })
  const sync = { sql, logger, historyDays: 400, clientOf: (id: number) => (id === organizationId ? client : undefined) }
  const secretKey = 'secretKey' in options ? options.secretKey : Buffer.alloc(32, 7)
  return {
    organizationId,
    client,
    sync,
    writes: openWrites({
      ...sync,
      control: sql,
      secrets: secretKey && openSecrets(secretKey),
      clock: options.pauses ?? sleepingClock(),
      closing: options.closing,
    }),
    logger,
    lines,
    [Symbol.asyncDispose]: () => client.close(),
  }
}
