import { pruneHistory } from '../mirror/prune.ts'
import type { PageKind } from '../mirror/pulls/pulls.ts'
import { forOrganization, type SyncDeps } from './deps.ts'

/**
 * Jobs of the queue. They are only triggers: Postgres holds the work to do, and `tick` pushes it again, so the queue
 * may lose all its data. A job's id identifies the work. While a job with that id waits or runs, no other is added.
 */

export type Job =
  /** Starts the pulls that are due, and pushes the next jobs of every running pull. */
  | { readonly name: 'tick' }
  /** Fetches one page of a pull and applies it. */
  | { readonly name: 'page'; readonly pullId: number; readonly kind: PageKind; readonly page: number }
  /** Concludes a pull after its pages are applied: reads missing users one by one, then completes the pull. */
  | { readonly name: 'conclude'; readonly pullId: number }
  /** Asks the vendor about an organization itself: its licenses, and the organizations below a partner. */
  | { readonly name: 'describe'; readonly organizationId: number }
  /** Reads, one by one, the users of an organization whose relations no list contains. */
  | { readonly name: 'relations'; readonly organizationId: number }
  /** Reads the users of an organization whose last write the vendor did not show in time. */
  | { readonly name: 'settle'; readonly organizationId: number }
  /** Deletes an organization's history beyond the retention. */
  | { readonly name: 'prune'; readonly organizationId: number }
  /** Runs a multi-step operation. */
  | { readonly name: 'operation'; readonly operationId: number }

/** The sync's view of operations: which of them wait, and how to run one. */
export interface OperationWork {
  /** Ids of the operations that have work to do now. */
  waiting(): Promise<readonly number[]>
  /**
   * Resolves when the operation has no more work to do now. `stop` makes it end soon and leave the rest to other
   * processes.
   */
  run(operationId: number, stop: AbortSignal): Promise<void>
}

export const queueNames = ['operations', 'upkeep'] as const
export type QueueName = (typeof queueNames)[number]

/**
 * Number of jobs that a process runs concurrently, per queue. Jobs of pulls and upkeep mostly wait for the vendor or for
 * the allowance, and an organization has a few of them at most: the limit is above any number of organizations. What
 * they do in the database is limited by `PageSlots` and by the connection pool.
 */
export const jobConcurrency: Readonly<Record<QueueName, number>> = { operations: 20, upkeep: 10_000 }

/** Operations have their own queue, so that work that takes hours never blocks other work. */
export function queueOf(job: Job): QueueName {
  return job.name === 'operation' ? 'operations' : 'upkeep'
}

export function idOf(job: Job): string {
  switch (job.name) {
    case 'tick':
      return 'tick'
    case 'page':
      return `page-${job.pullId}-${job.kind}-${job.page}`
    case 'conclude':
      return `conclude-${job.pullId}`
    case 'describe':
      return `describe-${job.organizationId}`
    case 'relations':
      return `relations-${job.organizationId}`
    case 'settle':
      return `settle-${job.organizationId}`
    case 'prune':
      return `prune-${job.organizationId}`
    case 'operation':
      return `operation-${job.operationId}`
  }
}

/** Deletes an organization's history beyond the retention. */
export async function pruneOrganization(deps: SyncDeps, organizationId: number, signal: AbortSignal): Promise<void> {
  const rows = await pruneHistory(deps.sql, organizationId, deps.historyDays, signal)
  if (rows > 0)
    forOrganization(deps, organizationId).logger.info({ rows, historyDays: deps.historyDays }, 'history pruned')
}
