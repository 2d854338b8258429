/**
 * The queue's jobs. They only push: what is to be done stands in Postgres, and `tick` pushes it again, so that the queue may lose all
 * of its data. A job's id names the work; while one of that id waits or runs, another is not added.
 */
import type { PageKind } from '../mirror/pulls.ts'

export type Job =
  /** Begins the pulls that are due, and pushes what every running pull waits for. */
  | { readonly name: 'tick' }
  /** Asks for one page of a pull, and applies it. */
  | { readonly name: 'page'; readonly pullId: number; readonly kind: PageKind; readonly page: number }
  /** Draws a pull's conclusions once its pages are applied: asks for the users that are missing, one by one, and completes it. */
  | { readonly name: 'conclude'; readonly pullId: number }
  /** Reads one by one the users of an organization whose relations no list shows. */
  | { readonly name: 'relations'; readonly organizationId: number }
  /** Reads the users of an organization whose last write the vendor did not show in time. */
  | { readonly name: 'settle'; readonly organizationId: number }
  /** Forgets an organization's history beyond what is kept. */
  | { readonly name: 'prune'; readonly organizationId: number }
  /** Works on an operation of many steps. */
  | { readonly name: 'operation'; readonly operationId: number }

/** Operations, of which the sync knows no more than that they wait and by whom they are worked on. */
export interface OperationWork {
  /** Those with something to do now. */
  waiting(): Promise<readonly number[]>
  /** Resolves when nothing of it can be done now. `stop`: ends soon, and leaves the rest to others. */
  run(operationId: number, stop: AbortSignal): Promise<void>
}

export const queueNames = ['pulls', 'operations', 'upkeep'] as const
export type QueueName = (typeof queueNames)[number]

/** Pages have a queue of their own, and so have operations, so that work which goes on for hours never stands before other work. */
export function queueOf(job: Job): QueueName {
  switch (job.name) {
    case 'page':
      return 'pulls'
    case 'operation':
      return 'operations'
    default:
      return 'upkeep'
  }
}

export function idOf(job: Job): string {
  switch (job.name) {
    case 'tick':
      return 'tick'
    case 'page':
      return `page-${job.pullId}-${job.kind}-${job.page}`
    case 'conclude':
      return `conclude-${job.pullId}`
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
