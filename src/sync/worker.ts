/** The worker: looks for work, dispatches each job to its handler, and keeps the recurring `tick` scheduled. */

import type { Listen } from '../db/database.ts'
import type { SyncDeps } from './deps.ts'
import { describeOrganization } from './describe-organization.ts'
import type { Job, OperationWork } from './jobs.ts'
import { pruneOrganization } from './jobs.ts'
import { readRelations } from './point-read/read-relations.ts'
import { settleWrites } from './point-read/settle-writes.ts'
import { PageAppliers } from './pull/apply-pages.ts'
import { pullPage } from './pull/fetch-page.ts'
import { PageSlots } from './pull/page-slots.ts'
import { concludePull } from './pull/verify-deletions.ts'
import type { JobQueue } from './queue.ts'
import { tracedQueue } from './queue.ts'
import { queueChecks, withdrawQueueProblem } from './queue-health.ts'
import { tick } from './tick.ts'
import { type WorkWatcher, watchWork } from './work-watcher.ts'

export interface WorkerIntervals {
  /** How often one of the workers pushes the jobs of all pulls, in case the queue has lost them. */
  readonly tickMs: number
  /** How often a worker checks that `tick` is scheduled. The queue's store may have lost its data. */
  readonly healMs: number
  /** Minimum and maximum time between two looks for work. */
  readonly gapMs: number
  readonly longestMs: number
}

const usualRhythm: WorkerIntervals = { tickMs: 20_000, healMs: 10_000, gapMs: 1_000, longestMs: 60_000 }

export interface WorkerOptions {
  /** Defaults to no operations. */
  readonly operations?: OperationWork
  readonly rhythm?: Partial<WorkerIntervals>
  /** Reports new work. Without it, the worker looks for work only at each tick. */
  readonly listen?: Listen | undefined
  /** Number of pages that are applied at the same time. Defaults to 4. */
  readonly concurrency?: number | undefined
}

const none: OperationWork = { waiting: async () => [], run: async () => {} }

export interface SyncWorker {
  stop(): Promise<void>
}

export async function startSyncWorker(
  deps: SyncDeps,
  given: JobQueue,
  { operations = none, rhythm, listen, concurrency = 4 }: WorkerOptions = {},
): Promise<SyncWorker> {
  const { tickMs, healMs, gapMs, longestMs } = { ...usualRhythm, ...rhythm }
  const queue = deps.tracing ? tracedQueue(given, deps.tracing) : given
  let watcher: WorkWatcher | undefined
  let lastTickAt = Number.NEGATIVE_INFINITY
  const appliers = new PageAppliers(deps, queue, new PageSlots(concurrency))
  const handle = async (job: Job, signal: AbortSignal): Promise<void> => {
    switch (job.name) {
      case 'tick':
        lastTickAt = performance.now()
        await tick(deps, queue, operations)
        return
      case 'page':
        return await pullPage(deps, queue, appliers, job, signal)
      case 'conclude':
        return await concludePull(deps, queue, job.pullId, signal)
      case 'describe':
        return await describeOrganization(deps, job.organizationId, signal)
      case 'relations':
        return await readRelations(deps, job.organizationId, signal)
      case 'settle':
        return await settleWrites(deps, job.organizationId, signal)
      case 'prune':
        return await pruneOrganization(deps, job.organizationId, signal)
      case 'operation':
        return await operations.run(job.operationId, signal)
    }
  }
  const stopping = new AbortController()
  // A tick that this process has taken up proves that the queue works.
  const isProven = () => performance.now() - lastTickAt < healMs
  const check = queueChecks(deps, queue, { tickMs, isProven, stopping: stopping.signal })
  let checking: Promise<void> | undefined
  const heal = () => {
    checking ??= check().finally(() => {
      checking = undefined
    })
  }
  // The end of a job may make other work due. A failed job of a pull is pushed again.
  queue.work((job, signal) => {
    const ended = deps.onJob?.(job.name)
    const work = handle(job, signal).finally(ended)
    return work.then(
      () => watcher?.wake(),
      (error: unknown) => {
        watcher?.wake(...('pullId' in job ? [job.pullId] : []))
        throw error
      },
    )
  })
  if (listen) {
    const look = (woken: readonly number[] | 'ALL') => tick(deps, queue, operations, woken)
    watcher = watchWork(look, { listen, logger: deps.logger, gapMs, longestMs })
  }
  // Not awaited: it waits while the store is unavailable, and the start must not.
  heal()
  const timer = setInterval(heal, healMs)
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await Promise.all([queue.close(), watcher?.stop()])
      await checking
      await withdrawQueueProblem(deps)
    },
  }
}
