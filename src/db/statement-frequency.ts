/**
 * Which statements are worth preparing: Postgres parses a prepared one once for each connection. In a connection each takes some 0.3 MB, so only
 * a bounded number is: those that were repeated first.
 */
import { LRUCache } from 'lru-cache'

export const maxPreparedStatements = 96
/** A statement is prepared from its third use on: one that is seldom asked gains nothing. */
const usesBefore = 2
const maxWatched = 1_000

/** Counts how often statements are sent, over all connections of a pool. */
export class StatementFrequency {
  readonly #prepared = new Set<string>()
  readonly #uses = new LRUCache<string, number>({ max: maxWatched })

  /** Counts one use of the statement, and returns whether to prepare it. */
  count(statement: string): boolean {
    if (this.#prepared.has(statement)) return true
    if (this.#prepared.size >= maxPreparedStatements) return false
    const uses = this.#uses.get(statement) ?? 0
    if (uses < usesBefore) {
      this.#uses.set(statement, uses + 1)
      return false
    }
    this.#uses.delete(statement)
    this.#prepared.add(statement)
    return true
  }
}
