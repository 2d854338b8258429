/**
 * A cache of counts in an organization, valid until its mirror changes. `organizations.learnt_at` moves with every
 * difference, so a cached result is valid while it is unchanged. The statement that uses the result also checks this, in
 * the same snapshot; if it is outdated, the statement that computes the result is sent instead. A result as of a
 * moment up to `learnt_at` is final and stays valid.
 *
 * Only for queries about live data: pruning deletes ended rows without moving `learnt_at`.
 */
import { LRUCache } from 'lru-cache'

export interface Remembered {
  readonly organizationId: number
  readonly learntAt: string
  /** JSON. */
  readonly answer: string
}

/** The cache of one process: the most recently used results, up to `room`. */
export type CountCache = LRUCache<string, Remembered>

/** Maximum total length of queries and results, in characters. */
const room = 16 * 2 ** 20

export function openMemory(): CountCache {
  return new LRUCache({ maxSize: room, sizeCalculation: ({ answer }, key) => key.length + answer.length })
}

/** Caches an answer unless it was cached already. `learntAt`: as Postgres prints it. */
export function remember(memory: CountCache, key: string, { organizationId, learntAt, answer }: Remembered): void {
  // With '-infinity', the mirror has recorded no change, so its rows were written by other means that do not move
  // `learnt_at`.
  if (learntAt !== '-infinity') memory.set(key, { organizationId, learntAt, answer })
}
