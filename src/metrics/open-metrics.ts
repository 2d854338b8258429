/** The metrics of a process. The names and labels are documented in docs/ops. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Sql } from '../db/database.ts'
import { readStates, type StateOptions } from './read-states.ts'

export interface Metrics {
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
  readonly vendor: {
    request(request: { readonly endpoint: string; readonly status: number | undefined }): void
    waited(priority: string, milliseconds: number): void
  }
  readonly database: {
    statement(pool: string, milliseconds: number): void
    waited(pool: string, milliseconds: number): void
  }
  readonly graphql: {
    operation(name: string | undefined, milliseconds: number): void
    error(code: string): void
  }
  pullEnded(outcome: string): void
  /** Returns a function to call when the job has ended. */
  jobStarted(name: string): () => void
  wrote(action: string, outcome: string): void
}

const prefix = 'essentials_graph_'
const quick = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30]
const slow = [0.05, 0.2, 1, 5, 20, 60, 300, 1_800]

interface MetricsOptions extends StateOptions {
  /** The endpoints of the vendor that may be requested. */
  readonly endpoints?: readonly string[]
}

/** `sql`: for what only the database knows, which is read every few seconds at most. */
export function openMetrics(sql: () => Sql, { endpoints = [], ...states }: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name: `${prefix}${name}`, help, labelNames, buckets, registers })
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `${prefix}${name}`, help, labelNames, registers })
  const names = new OperationNames()

  const vendorRequests = counter('vendor_requests_total', 'Requests to the vendor', ['endpoint', 'status'])
  const allowanceWait = histogram('allowance_wait_seconds', 'Waits for a slot of the allowance', ['priority'], slow)
  const statements = histogram('statement_seconds', 'Duration of SQL statements', ['pool'], quick)
  const poolWait = histogram('pool_wait_seconds', 'Waits for a database connection', ['pool'], quick)
  const operations = histogram('graphql_duration_seconds', 'Duration of GraphQL requests', ['operation'], quick)
  const errors = counter('graphql_errors_total', 'Errors in GraphQL responses', ['code'])
  const pulls = counter('pulls_total', 'Pulls that this process ended', ['outcome'])
  const jobSeconds = histogram('queue_job_seconds', 'Duration of jobs', ['job'], slow)
  const writes = counter('writes_total', 'Requested writes', ['action', 'outcome'])
  const jobs = new Gauge({
    name: `${prefix}queue_jobs`,
    help: 'Jobs that this process runs',
    labelNames: ['job'],
    registers,
  })
  // Present from the start, so that a rate over them works for the first event.
  for (const outcome of ['COMPLETE', 'FAILED', 'QUARANTINED']) pulls.inc({ outcome }, 0)
  for (const job of ['page', 'conclude']) jobs.set({ job }, 0)
  for (const code of ['SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']) errors.inc({ code }, 0)
  for (const endpoint of endpoints) {
    for (const status of ['401', '403']) vendorRequests.inc({ endpoint, status }, 0)
  }
  readStates(sql, registers, states)

  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    vendor: {
      request: ({ endpoint, status }) => vendorRequests.inc({ endpoint, status: String(status ?? 'none') }),
      waited: (priority, milliseconds) => allowanceWait.observe({ priority }, milliseconds / 1_000),
    },
    database: {
      statement: (pool, milliseconds) => statements.observe({ pool }, milliseconds / 1_000),
      waited: (pool, milliseconds) => poolWait.observe({ pool }, milliseconds / 1_000),
    },
    graphql: {
      operation: (name, milliseconds) => operations.observe({ operation: names.labelOf(name) }, milliseconds / 1_000),
      error: (code) => errors.inc({ code }),
    },
    pullEnded: (outcome) => pulls.inc({ outcome }),
    jobStarted(job) {
      const end = jobSeconds.startTimer({ job })
      jobs.inc({ job })
      return () => {
        end()
        jobs.dec({ job })
      }
    },
    wrote: (action, outcome) => writes.inc({ action, outcome }),
  }
}

/** Callers choose the names of operations, so only the first names get a series of their own. */
const mostNames = 100

export class OperationNames {
  readonly #known = new Set<string>()

  /** The name as a label: itself, `anonymous` or `other`. */
  labelOf(name: string | undefined): string {
    if (name === undefined) return 'anonymous'
    if (this.#known.has(name)) return name
    if (this.#known.size >= mostNames) return 'other'
    this.#known.add(name)
    return name
  }
}
