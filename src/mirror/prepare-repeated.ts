/**
 * Statements that come again are prepared: Postgres parses them once for each connection, and plans them anew only for as long as that pays.
 * In a connection each takes some 0.3 MB and none is ever given up, so there is room for those that came again first, and no more.
 */
import { LRUCache } from 'lru-cache'
import type postgres from 'postgres'

/** Of different statements. */
export const mostPrepared = 96
/** Prepared is what comes again once more: a statement that is seldom asked gains nothing. */
const timesBefore = 2
const mostWatched = 1_000

/** Which statements came again, over all connections of a pool. */
export class Repetitions {
  readonly #prepared = new Set<string>()
  readonly #times = new LRUCache<string, number>({ max: mostWatched })

  /** Counts the statement, and says whether it is to be prepared. */
  count(statement: string): boolean {
    if (this.#prepared.has(statement)) return true
    if (this.#prepared.size >= mostPrepared) return false
    const times = this.#times.get(statement) ?? 0
    if (times < timesBefore) {
      this.#times.set(statement, times + 1)
      return false
    }
    this.#times.delete(statement)
    this.#prepared.add(statement)
    return true
  }
}

/** The same client, which prepares of the statements that are given to it as text those that come again. */
export function preparingRepeated<Types extends Record<string, unknown>>(
  sql: postgres.Sql<Types>,
  repetitions: Repetitions,
): postgres.Sql<Types> {
  const unsafe: postgres.Sql<Types>['unsafe'] = (statement, parameters = [], options = {}) => {
    const prepare = parameters.length > 0 && repetitions.count(statement)
    return sql.unsafe(statement, parameters, prepare ? { ...options, prepare } : options)
  }
  return new Proxy(sql, { get: (target, key) => (key === 'unsafe' ? unsafe : Reflect.get(target, key)) })
}
