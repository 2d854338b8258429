/** What observes statements and requests to the vendor: the metrics, the traces, or both. */
import type { PoolObserver } from './db/connection/pool-settings.ts'
import type { Metrics } from './metrics/open-metrics.ts'
import type { Tracing } from './tracing/tracing.ts'
import { endpointNames } from './vendor/endpoints.ts'
import type { Observer } from './vendor/http/http-exchange.ts'
import { endpointNames as endpointNamesOfV1 } from './vendor/v1/endpoints.ts'

export const vendorEndpoints: readonly string[] = [...endpointNames, ...endpointNamesOfV1]

interface Observing {
  readonly metrics?: Metrics | undefined
  readonly tracing?: Tracing | undefined
}

export function databaseObserver({ metrics, tracing }: Observing): PoolObserver | undefined {
  if (!tracing) return metrics?.database
  return {
    statement(pool, milliseconds, text, isFailed) {
      metrics?.database.statement(pool, milliseconds)
      const facts = { 'db.system.name': 'postgresql', 'db.query.text': text, pool }
      tracing.record(verbOf(text), { kind: 'client', milliseconds, isFailed, facts })
    },
    waited(pool, milliseconds) {
      metrics?.database.waited(pool, milliseconds)
      // Otherwise a connection was free.
      if (milliseconds >= 1) tracing.record('wait for a connection', { milliseconds, facts: { pool } })
    },
  }
}

export function vendorObserver({ metrics, tracing }: Observing): Observer | undefined {
  if (!tracing) return metrics?.vendor
  return {
    request(call) {
      metrics?.vendor.request(call)
      const { method, endpoint, organization, status, milliseconds } = call
      const facts = { 'http.request.method': method, 'http.response.status_code': status, organization }
      const isFailed = status === undefined || status >= 400
      tracing.record(`vendor ${method} ${endpoint}`, { kind: 'client', milliseconds, isFailed, facts })
    },
    waited(priority, milliseconds) {
      metrics?.vendor.waited(priority, milliseconds)
      if (milliseconds >= 1) tracing.record('wait for the allowance', { milliseconds, facts: { priority } })
    },
  }
}

/** The first word of the statement, such as select. */
function verbOf(text: string): string {
  return /[a-z]+/i.exec(text)?.[0].toLowerCase() ?? 'sql'
}
