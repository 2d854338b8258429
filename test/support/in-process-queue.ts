import type { Logger } from 'pino'
import { idOf, type Job, jobConcurrency, type QueueName, queueOf } from '../../src/sync/jobs.ts'
import type { JobQueue } from '../../src/sync/queue.ts'

type Handle = (job: Job, signal: AbortSignal) => Promise<void>

/**
 * The queue without a store, for tests of what the jobs do rather than of how they are kept: a job starts at once, and
 * one whose id waits or runs is not added again. A test that loses the store, ends a process or runs two workers uses
 * Postgres or Redis.
 */
export function openInProcessQueue(logger: Logger): JobQueue {
  const waiting: Record<QueueName, Map<string, Job>> = { operations: new Map(), upkeep: new Map() }
  const running: Record<QueueName, Map<string, Promise<void>>> = {
    operations: new Map(),
    upkeep: new Map(),
  }
  const stopping = new AbortController()
  let handle: Handle | undefined
  let timer: NodeJS.Timeout | undefined

  const start = (name: QueueName): void => {
    for (const [id, job] of waiting[name]) {
      if (!handle || stopping.signal.aborted || running[name].size >= jobConcurrency[name]) return
      waiting[name].delete(id)
      const work = handle(job, stopping.signal)
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) logger.error({ err: error, job }, 'job failed')
        })
        .finally(() => {
          running[name].delete(id)
          start(name)
        })
      running[name].set(id, work)
    }
  }
  const push = (job: Job): void => {
    const name = queueOf(job)
    if (running[name].has(idOf(job))) return
    waiting[name].set(idOf(job), job)
    start(name)
  }

  return {
    push: async (...jobs) => jobs.forEach(push),
    async schedule(everyMs) {
      clearInterval(timer)
      if (stopping.signal.aborted) return 0
      timer = setInterval(() => push({ name: 'tick' }), everyMs)
      push({ name: 'tick' })
      return 0
    },
    work(next) {
      handle = next
      for (const name of Object.keys(waiting) as QueueName[]) start(name)
    },
    async close() {
      stopping.abort(new Error('the worker is stopping'))
      clearInterval(timer)
      await Promise.allSettled(Object.values(running).flatMap((jobs) => [...jobs.values()]))
    },
  }
}
