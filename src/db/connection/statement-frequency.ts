/**
 * Decides which statements to prepare. Postgres parses a prepared statement once per connection, but each takes about
 * 0.3 MB per connection. The number is therefore limited, and the first statements to repeat win.
 */
import { LRUCache } from 'lru-cache'

export const maxPreparedStatements = 96
/** A statement is prepared from its third use on, because a rare statement gains nothing. */
const usesBefore = 2
const maxWatched = 1_000

/** Counts the uses of statements, over all connections of a pool. */
export class StatementFrequency {
  readonly #prepared = new Set<string>()
  readonly #uses = new LRUCache<string, number>({ max: maxWatched })

  /** Counts one use of the statement. Returns whether to prepare it. */
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
