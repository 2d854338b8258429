/** BullMQ on Redis or Postgres. No other module knows which. */

import { setTimeout as wait } from 'node:timers/promises'
import { createPostgresBackend, createRedisBackend, type PgPool, withBackend } from 'bullmq'
import { Pool } from 'pg'
import type { Logger } from 'pino'
import { PreferringClient, settingsForPg } from '../db/connection/connection-settings.ts'
import type { DatabaseConnection } from '../db/database.ts'
import type { Tracing } from '../tracing/tracing.ts'
import { idOf, type Job, jobConcurrency, type QueueName, queueNames, queueOf } from './jobs.ts'
import { queueConnections, queueSchema } from './queue-tables.ts'
import { nowAndThen } from './throttled-error-log.ts'

export type QueueStore = { readonly redisUrl: string } | { readonly postgres: DatabaseConnection }

export interface JobQueue {
  /** Adds jobs, in one request to the store for each queue. If it is unavailable, waits for it until `close`. */
  push(...jobs: readonly Job[]): Promise<void>
  /**
   * Schedules `tick` to repeat at this interval, unless it is. Calling it again restores it after the store lost its
   * data. Resolves to the time, in milliseconds, during which these calls have seen no worker take up a tick. Measured only by this
   * process's clock: `next` is set by the clock of the machine that took up the last tick.
   */
  schedule(everyMs: number): Promise<number>
  /** Processes jobs until `close`. */
  work(handle: (job: Job, signal: AbortSignal) => Promise<void>): void
  /** Aborts the signal of running jobs and waits for them to end. */
  close(): Promise<void>
}

export const prefix = 'essentials-graph'
/**
 * Times in milliseconds. After a crash, a job is started again once its lock has expired and the next check has found
 * it. An idle process sends a statement for each check of each queue.
 */
export interface QueueTimes {
  readonly lockDuration: number
  readonly stalledInterval: number
}
/** How long `close` waits for a store that may be unavailable after all jobs have ended, in milliseconds. */
const longestGoodbyeMs = 2_000
const usualTimes: QueueTimes = { lockDuration: 8_000, stalledInterval: 10_000 }
/** How long a worker waits for the store to announce a job before it looks for one, in seconds. */
const drainDelay = { postgres: 120, redis: 10 }

export function openQueue(store: QueueStore, logger: Logger, times: QueueTimes = usualTimes): JobQueue {
  const backend = backendOf(store, times)
  // Without a listener, a store error would end the process. Each call reports its own failure.
  const onError = nowAndThen((error: Error, times) => logger.warn({ err: error, times }, 'the queue has an error'))
  const open = (name: QueueName) => {
    const queue = backend.queue(name)
    queue.on('error', onError)
    return queue
  }
  const queues = { operations: open('operations'), upkeep: open('upkeep') }
  const workers: { close(force?: boolean): Promise<void> }[] = []
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  let taken: { readonly ticks: number | undefined; readonly at: number } | undefined
  const forgotten = { removeOnComplete: true, removeOnFail: true }

  return {
    async push(...jobs) {
      stopping.signal.throwIfAborted()
      const added = [...Map.groupBy(jobs, queueOf)].map(([name, own]) =>
        queues[name].addBulk(
          own.map((job) => ({ name: job.name, data: job, opts: { jobId: idOf(job), ...forgotten } })),
        ),
      )
      // One promise for each call: one that lives longer would keep what each call has added.
      const stopped = Promise.withResolvers<never>()
      const stop = () => stopped.reject(stopping.signal.reason)
      stopping.signal.addEventListener('abort', stop, { once: true })
      try {
        await Promise.race([Promise.all(added), stopped.promise])
      } finally {
        stopping.signal.removeEventListener('abort', stop)
      }
    },
    async schedule(everyMs) {
      const before = await queues.upkeep.getJobScheduler('tick')
      const ticks = before?.iterationCount
      const now = performance.now()
      if (ticks === undefined || ticks !== taken?.ticks) taken = { ticks, at: now }
      const lateMs = Math.max(0, now - taken.at - everyMs)
      // If it is late, the store may have kept the schedule and lost the next job.
      if (before?.every !== everyMs || lateMs > 0) {
        await queues.upkeep.upsertJobScheduler(
          'tick',
          { every: everyMs },
          { name: 'tick', data: { name: 'tick' }, opts: forgotten },
        )
      }
      return lateMs
    },
    work(handle) {
      for (const name of queueNames) {
        const worker = backend.worker(name, async (job) => {
          const work = handle(job.data, stopping.signal)
          running.add(work)
          await work.finally(() => running.delete(work))
        })
        worker.on('error', onError)
        worker.on('failed', (job, error) => {
          if (!stopping.signal.aborted) logger.error({ err: error, job: job?.data }, 'job failed')
        })
        workers.push(worker)
      }
    },
    async close() {
      stopping.abort(new Error('the worker is stopping'))
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() =>
        Promise.all(Object.values(queues).map((queue) => queue.close())),
      )
      await Promise.allSettled(running)
      await Promise.race([closed.then(() => backend.close()), wait(longestGoodbyeMs, undefined, { ref: false })])
    },
  }
}

/** No one reads the events of a queue. */
const streams = { events: { maxLen: 100 } }

/** As used here, the two backends differ only in the type of the connection. */
function backendOf(store: QueueStore, times: QueueTimes) {
  if ('redisUrl' in store) {
    const { Queue, Worker } = withBackend(createRedisBackend)
    const connection = { url: store.redisUrl, maxRetriesPerRequest: null }
    return {
      queue: (name: QueueName) => new Queue<Job>(name, { connection, prefix, streams }),
      worker: (name: QueueName, work: Work) =>
        new Worker<Job>(name, work, { connection, ...workerOptions(name, times), drainDelay: drainDelay.redis }),
      close: async () => {},
    }
  }
  const { Queue, Worker } = withBackend(createPostgresBackend)
  const pool = new Pool({
    ...settingsForPg(store.postgres, `-c search_path=${queueSchema}`),
    Client: PreferringClient,
    max: queueConnections,
    keepAlive: true,
  })
  // It is a PgPool, but @types/pg declares the listeners differently.
  const connection = pool as unknown as PgPool
  return {
    queue: (name: QueueName) => new Queue<Job>(name, { connection, streams }),
    worker: (name: QueueName, work: Work) =>
      new Worker<Job>(name, work, { connection, ...workerOptions(name, times), drainDelay: drainDelay.postgres }),
    close: () => pool.end(),
  }
}

type Work = (job: { readonly data: Job }) => Promise<void>

function workerOptions(name: QueueName, times: QueueTimes) {
  return { prefix, concurrency: jobConcurrency[name], ...times, maxStalledCount: 1_000_000, runRetryDelay: 1_000 }
}

type Traced = Job & { readonly trace?: string | undefined }

/** Each job is a span below the job that pushed it, in whichever process that was: a pull is one trace. */
export function tracedQueue(queue: JobQueue, tracing: Tracing): JobQueue {
  return {
    ...queue,
    async push(...jobs) {
      const trace = tracing.current()
      await queue.push(...(trace === undefined ? jobs : jobs.map((job): Traced => ({ ...job, trace }))))
    },
    work(handle) {
      queue.work(({ trace, ...job }: Traced, signal) => {
        const { name, ...facts } = job
        const parent = typeof trace === 'string' ? trace : undefined
        return tracing.span(`job ${name}`, { kind: 'consumer', parent, facts }, () => handle(job, signal))
      })
    },
  }
}
