/** One run of the program, from its start to its kill, on a queue that the schedule controls. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import type { Dispatcher } from 'undici'
import type { Sql } from '../../../src/db/database.ts'
import { operationWork } from '../../../src/operations/operation-work.ts'
import type { WriteService } from '../../../src/operations/write-service.ts'
import { openWrites } from '../../../src/operations/write-service.ts'
import { openAllowance } from '../../../src/rate-limit/vendor-allowance.ts'
import type { Random } from '../../../src/simulator/data/random.ts'
import type { SyncDeps } from '../../../src/sync/deps.ts'
import type { Job } from '../../../src/sync/jobs.ts'
import { refreshUserWith } from '../../../src/sync/point-read/refresh-user.ts'
import { type SyncWorker, startSyncWorker } from '../../../src/sync/worker.ts'
import type { EssentialsClient } from '../../../src/vendor/adapter.ts'
import { createEssentialsClient } from '../../../src/vendor/client.ts'
import { createInterfaceClient } from '../../../src/vendor/v1/client.ts'
import { openSecrets } from '../../../src/writes/secrets.ts'
import type { Clock } from '../../../src/writes/session/settle.ts'
import { type Plant, sabotaged } from '../seeded-bugs.ts'
import type { Api } from './api.ts'
import { type Kill, killable, Life } from './kill-points.ts'
import { MemoryQueue } from './memory-queue.ts'

export interface ProcessOptions {
  readonly sql: Sql
  readonly organizationId: number
  readonly slug: string
  readonly api: Api
  /** Where the vendor serves this API. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly dispatcher: Dispatcher
  readonly random: Random
  readonly plant: Plant | undefined
  /** The clock for the pauses between the readings of writes. */
  readonly clock: Clock
  /** Called with the job for each page that is requested. */
  readonly onPage: (job: Job & { name: 'page' }) => void
  /** Called with the error of a job that rejects while the process is alive. */
  readonly onFailure: (job: Job, error: unknown) => void
}

/** High enough that no request waits. */
const requestsPerMinute = 1_000_000
/** The client times out a request after this time. */
const patienceMs = 700
/** A job that waits is aborted after this time, as at the end of a worker. */
const longestJobMs = 600

export interface TestProcess {
  readonly life: Life
  readonly queue: MemoryQueue
  readonly writes: WriteService
  /** Resolves when the job has ended, successfully or not. */
  run(job: Job): Promise<void>
  refresh(primaryEmail: string): Promise<void>
  kill(kill: Kill): void
  /** Resolves when nothing is in progress. */
  end(): Promise<void>
}

export async function startProcess(options: ProcessOptions): Promise<TestProcess> {
  const life = new Life()
  const { plant } = options
  const sql = killable(plant?.swallows ? sabotaged(options.sql, plant.swallows) : options.sql, life)
  const current = new AsyncLocalStorage<Job>()
  const client = watched(await openClient(options, sql), () => {
    const job = current.getStore()
    if (job?.name === 'page') options.onPage(job)
  })
  const clientOf = (id: number) => (id === options.organizationId ? client : undefined)
  const deps: SyncDeps = { sql, logger: pino({ level: 'silent' }), clientOf, historyDays: 400 }
  const queue = new MemoryQueue()
  const writing = { ...deps, control: sql, secrets: openSecrets(Buffer.alloc(32, 7)), clock: options.clock }
  const worker: SyncWorker = await startSyncWorker(deps, queue, { operations: operationWork(writing) })
  const stopping = new AbortController()
  const refreshUser = refreshUserWith(deps)

  return {
    life,
    queue,
    writes: openWrites(writing),
    async run(job) {
      const signal = AbortSignal.any([
        stopping.signal,
        ...(job.name === 'page' ? [] : [AbortSignal.timeout(longestJobMs)]),
      ])
      try {
        await current.run(job, () => queue.run(job, signal))
        if (job.name === 'conclude') await plant?.afterConclude?.(options.sql, options.organizationId)
      } catch (error) {
        if (life.alive && !signal.aborted) options.onFailure(job, error)
      }
    },
    async refresh(primaryEmail) {
      try {
        await refreshUser({
          organizationId: options.organizationId,
          primaryEmail,
          actor: 'torture',
          signal: stopping.signal,
        })
      } catch (error) {
        if (life.alive && !stopping.signal.aborted) throw error
      }
    },
    kill: (kill) => life.end(kill),
    async end() {
      stopping.abort(new Error('the process ends'))
      await worker.stop()
    },
  }
}

async function openClient(options: ProcessOptions, sql: Sql): Promise<EssentialsClient> {
  const ofV1 = options.api === 'v1'
  // After a refusal of the password, the next process has another one. The requests at the same time are not limited: a
  // killed process keeps its slots until their leases end.
  const limits = ofV1 ? { credential: randomUUID() } : {}
  const allowance = await openAllowance(sql, options.slug, requestsPerMinute, undefined, limits)
  const shared = {
    organization: options.slug,
    baseUrl: options.baseUrl,
    allowance: options.plant?.allowance?.(allowance) ?? allowance,
    logger: pino({ level: 'silent' }),
    dispatcher: options.dispatcher,
    timeouts: { totalMs: patienceMs },
    retry: {
      transient: { retries: 4, baseMs: 1, capMs: 2 },
      rateLimited: { retries: 6, baseMs: 4, capMs: 8 },
    },
    random: options.random.next,
    sleep: async () => {},
  }
  return ofV1
    ? createInterfaceClient({ ...shared, domain: 'example.com', user: options.apiKey, password: 'secret' })
    : createEssentialsClient({ ...shared, apiKey: options.apiKey, apiSecret: 'secret' })
}

/** Reports each request for a list once, however often the client retries it. */
function watched(client: EssentialsClient, onList: () => void): EssentialsClient {
  return {
    ...client,
    listUsers: (...call) => {
      onList()
      return client.listUsers(...call)
    },
    streamUsers: (...call) => {
      onList()
      return client.streamUsers(...call)
    },
    listGroups: (...call) => {
      onList()
      return client.listGroups(...call)
    },
  }
}
