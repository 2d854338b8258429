/** Reads the state of the queue, and changes nothing. */
import { setTimeout as wait } from 'node:timers/promises'
import { createPostgresBackend, createRedisBackend, type PgPool, withBackend } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { PreferringClient, settingsForPg } from '../db/connection/connection-settings.ts'
import { type Job, queueNames } from './jobs.ts'
import { prefix, type QueueStore } from './queue.ts'
import { queueSchema } from './queue-tables.ts'

export interface QueueState {
  readonly queue: string
  readonly waiting: number
  readonly active: number
  readonly delayed: number
  readonly failed: number
  /** The jobs that workers run, by name. */
  readonly running: Readonly<Record<string, number>>
}

export interface InspectedQueue {
  readonly store: 'redis' | 'postgres'
  readonly queues: readonly QueueState[]
  /** When the next `tick` is due, which pushes the jobs of all running pulls. Null: none is scheduled. */
  readonly nextTickAt: string | null
}

/** The store of the queue cannot be reached. The message names no host, user or password. */
export class QueueUnreachable extends Error {
  override readonly name = 'QueueUnreachable'
}

const patienceMs = 5_000
/** Maximum number of running jobs that are read. */
const mostJobs = 1_000

/** Throws a QueueUnreachable. */
export async function inspectQueue(store: QueueStore): Promise<InspectedQueue> {
  await using opened = new AsyncDisposableStack()
  const queues = openQueues(store, opened)
  const read = async (): Promise<InspectedQueue> => {
    const states: QueueState[] = []
    for (const queue of queues) {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'prioritized')
      const jobs = await queue.getJobs(['active'], 0, mostJobs - 1)
      const running: Record<string, number> = {}
      for (const job of jobs) if (job) running[job.name] = (running[job.name] ?? 0) + 1
      const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts
      states.push({ queue: queue.name, waiting: waiting + prioritized, active, delayed, failed, running })
    }
    const tick = await queues.at(-1)?.getJobScheduler('tick')
    const next = tick?.next
    return {
      store: 'redisUrl' in store ? 'redis' : 'postgres',
      queues: states,
      nextTickAt: next === undefined ? null : new Date(next).toISOString(),
    }
  }
  return await inTime(read())
}

/** Measures the time of a PING, and reads what Redis does when its memory is full. Throws a QueueUnreachable. */
export async function pingRedis(url: string): Promise<{ readonly milliseconds: number; readonly policy: string }> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: patienceMs })
  // The rejection of `connect` has no reason, but the error before it has.
  let reason: Error | undefined
  redis.on('error', (error: Error) => {
    reason ??= error
  })
  try {
    return await inTime(
      (async () => {
        await redis.connect().catch((error: unknown) => {
          throw reason ?? error
        })
        const from = performance.now()
        await redis.ping()
        const milliseconds = performance.now() - from
        // Some managed servers do not permit CONFIG.
        const answer = await redis.config('GET', 'maxmemory-policy').catch(() => [])
        return { milliseconds, policy: String((answer as unknown[])[1] ?? 'unknown') }
      })(),
    )
  } finally {
    redis.disconnect()
  }
}

function openQueues(store: QueueStore, opened: AsyncDisposableStack) {
  if ('redisUrl' in store) {
    const { Queue } = withBackend(createRedisBackend)
    const connection = { url: store.redisUrl, maxRetriesPerRequest: null, retryStrategy: () => null }
    return queueNames.map((name) => {
      const queue = new Queue<Job>(name, { connection, prefix })
      queue.on('error', () => {})
      opened.defer(() => inTime(queue.close()).catch(() => {}))
      return queue
    })
  }
  const { Queue } = withBackend(createPostgresBackend)
  const pool = new Pool({
    ...settingsForPg(store.postgres, `-c search_path=${queueSchema}`),
    Client: PreferringClient,
    max: queueNames.length,
  })
  pool.on('error', () => {})
  opened.defer(() => pool.end())
  return queueNames.map((name) => {
    const queue = new Queue<Job>(name, { connection: pool as unknown as PgPool })
    queue.on('error', () => {})
    opened.defer(() => queue.close())
    return queue
  })
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new AbortController()
  work.catch(() => {})
  try {
    return await Promise.race([
      work,
      wait(patienceMs, undefined, { signal: late.signal }).then(() => {
        throw new QueueUnreachable(`no answer within ${patienceMs / 1_000} s`)
      }),
    ])
  } catch (error) {
    if (error instanceof QueueUnreachable) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    throw new QueueUnreachable(code ?? 'its store rejects the connection', { cause: error })
  } finally {
    late.abort()
  }
}
