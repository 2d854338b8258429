/**
 * Decides which statements to prepare. Postgres parses a prepared statement once per connection, but each takes about
 * 0.3 MB per connection. The number is therefore limited, and a statement that repeats takes the place of the one that
 * was not used for the longest time. The driver cannot give up a prepared statement: a connection that has too many is
 * replaced (`Session.isWorn`).
 */
import { LRUCache } from 'lru-cache'

export const maxPreparedStatements = 96
/** Of a connection: those of the present, those of the past, or as many given up. */
export const mostPerConnection = 2 * maxPreparedStatements
/** A statement is prepared from its third use on, because a rare statement gains nothing. */
const usesBefore = 2
const maxWatched = 1_000

/** Counts the uses of statements, over all connections of a pool. */
export class StatementFrequency {
  readonly #prepared = new LRUCache<string, true>({ max: maxPreparedStatements })
  readonly #uses = new LRUCache<string, number>({ max: maxWatched })

  /** Counts one use of the statement. Returns whether to prepare it. */
  count(statement: string): boolean {
    if (this.#prepared.get(statement)) return true
    const uses = this.#uses.get(statement) ?? 0
    if (uses < usesBefore) {
      this.#uses.set(statement, uses + 1)
      return false
    }
    this.#uses.delete(statement)
    this.#prepared.set(statement, true)
    return true
  }
}
