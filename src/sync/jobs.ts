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
  /** Forgets an organization's history beyond what is kept. */
  | { readonly name: 'prune'; readonly organizationId: number }

export type QueueName = 'pulls' | 'upkeep'

/** Pages have a queue of their own, so that work which goes on for hours never stands before them. */
export function queueOf(job: Job): QueueName {
  return job.name === 'page' ? 'pulls' : 'upkeep'
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
    case 'prune':
      return `prune-${job.organizationId}`
  }
}
