/** The worker: dispatches each job to its handler, and keeps the recurring `tick` scheduled. */

import type { SyncDeps } from './deps.ts'
import type { Job, OperationWork } from './jobs.ts'
import { pruneOrganization } from './jobs.ts'
import { readRelations } from './point-read/read-relations.ts'
import { settleWrites } from './point-read/settle-writes.ts'
import { PageAppliers } from './pull/apply-pages.ts'
import { pullPage } from './pull/fetch-page.ts'
import { PageSlots } from './pull/page-slots.ts'
import { concludePull } from './pull/verify-deletions.ts'
import type { JobQueue } from './queue.ts'
import { checkQueue, withdrawQueueProblem } from './queue-health.ts'
import { tick } from './tick.ts'

export interface WorkerIntervals {
  readonly tickMs: number
  /** How often a worker checks that `tick` is scheduled. The queue's store may have lost its data. */
  readonly healMs: number
}

const usualRhythm: WorkerIntervals = { tickMs: 1_000, healMs: 10_000 }

export interface WorkerOptions {
  /** Defaults to no operations. */
  readonly operations?: OperationWork
  readonly rhythm?: WorkerIntervals
  /** Number of pages that are applied at the same time. Defaults to 4. */
  readonly concurrency?: number | undefined
}

const none: OperationWork = { waiting: async () => [], run: async () => {} }

export interface SyncWorker {
  stop(): Promise<void>
}

export async function startSyncWorker(
  deps: SyncDeps,
  queue: JobQueue,
  { operations = none, rhythm: { tickMs, healMs } = usualRhythm, concurrency = 4 }: WorkerOptions = {},
): Promise<SyncWorker> {
  const appliers = new PageAppliers(deps, queue, new PageSlots(concurrency))
  const handle = async (job: Job, signal: AbortSignal): Promise<void> => {
    switch (job.name) {
      case 'tick':
        return await tick(deps, queue, operations)
      case 'page':
        return await pullPage(deps, queue, appliers, job, signal)
      case 'conclude':
        return await concludePull(deps, queue, job.pullId, signal)
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
  let checking: Promise<void> | undefined
  const heal = (isFirst: boolean) => {
    checking ??= checkQueue(deps, queue, tickMs, isFirst, stopping.signal).finally(() => {
      checking = undefined
    })
  }
  queue.work(handle)
  // Not awaited: it waits while the store is unavailable, and the start must not.
  heal(true)
  const timer = setInterval(() => heal(false), healMs)
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await queue.close()
      await checking
      await withdrawQueueProblem(deps)
    },
  }
}
