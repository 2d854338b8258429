/**
 * Statements end with the operation that they serve. What is sent while `cancelledBy` runs is cancelled in Postgres when the operation's
 * signal is aborted, so that nobody's answer keeps no connection and no processor busy. Of transactions, only those that read a past moment are touched.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type postgres from 'postgres'

/** An operation; without a signal its statements run to their end, as those of a write must. */
export interface Cancelling {
  signal?: AbortSignal
}

interface Cancellable {
  cancel(): void
}

const operations = new AsyncLocalStorage<Cancelling>()
const sent = new WeakMap<AbortSignal, Cancellable[]>()

export function cancelledBy<Result>(operation: Cancelling, run: () => Result): Result {
  return operations.run(operation, run)
}

/** The same client, its statements cancelled with the operation. */
export function cancellable<Types extends Record<string, unknown>>(sql: postgres.Sql<Types>): postgres.Sql<Types> {
  const unsafe: postgres.Sql<Types>['unsafe'] = (...args) => {
    const query = sql.unsafe(...args)
    const signal = operations.getStore()?.signal
    if (signal) cancelWith(signal, query)
    return query as never
  }
  return new Proxy(sql, { get: (target, key) => (key === 'unsafe' ? unsafe : Reflect.get(target, key)) })
}

/** Cancelling what is answered already does nothing. */
function cancelWith(signal: AbortSignal, query: Cancellable): void {
  const queries = sent.get(signal) ?? []
  queries.push(query)
  if (signal.aborted) query.cancel()
  else if (queries.length === 1) {
    sent.set(signal, queries)
    signal.addEventListener('abort', () => queries.map((one) => one.cancel()), { once: true })
  }
}
