/**
 * A simulated vendor, its mirror, the sync and the graph. Everything is real except for the queue's store: the test
 * decides when a job runs, and nothing waits for a clock.
 */
import { type ExecutionResult, execute, parse, validate } from 'graphql'
import { pino } from 'pino'
import { openAudit } from '../../src/access/audit.ts'
import { acceptFinding, withdrawAcceptance } from '../../src/analysis/findings/evaluate.ts'
import type { Sql } from '../../src/db/database.ts'
import { type GraphContext, readingContext, type Viewer } from '../../src/graph/context.ts'
import { mostLookups } from '../../src/graph/core/lookups.ts'
import { executeOperation } from '../../src/graph/execute.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import { openMemory } from '../../src/mirror/count-cache.ts'
import { openWakes } from '../../src/mirror/feed/notifications.ts'
import { declareGone } from '../../src/mirror/pulls/declare-gone.ts'
import { beginPull, readRunningPulls } from '../../src/mirror/pulls/pulls.ts'
import { resolveQuarantine } from '../../src/mirror/pulls/resolve-quarantine.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { openWrites } from '../../src/operations/write-service.ts'
import { openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { liftGuard } from '../../src/scim/writes/removal-guard.ts'
import type { OrganizationOptions, SimulatedOrganization } from '../../src/simulator/organization.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import type { SyncDeps } from '../../src/sync/deps.ts'
import { idOf, type Job } from '../../src/sync/jobs.ts'
import { refreshUserWith } from '../../src/sync/point-read/refresh-user.ts'
import type { JobQueue } from '../../src/sync/queue.ts'
import { startSyncWorker } from '../../src/sync/worker.ts'
import { openWebhooks } from '../../src/webhooks/webhook-service.ts'
import { plain } from '../graph/harness/fixture.ts'
import { depsOf } from '../webhooks/harness.ts'
import { type Api, columnsOf, createClient } from './api.ts'
import { reusedDatabase } from './database.ts'

const schema = buildSchema()

export type Row = Record<string, unknown>

export interface Mirrored extends AsyncDisposable {
  readonly simulator: Simulator
  readonly vendor: SimulatedOrganization
  readonly sql: Sql
  readonly organizationId: number
  /** The log's entries. */
  readonly lines: Record<string, unknown>[]
  ask(question: string, variables?: Row): Promise<ExecutionResult>
  /** Returns the data of the response. Fails if there is an error. */
  data<Data = Row>(question: string, variables?: Row): Promise<Data>
  /** Ticks and works until no pull runs. Upkeep jobs stay in the queue. */
  settle(): Promise<void>
  /** Runs a complete pull, whatever its result. */
  pull(): Promise<void>
  /** Ticks, and runs the jobs of this name until none is pushed. */
  work(name: Job['name'], signal?: AbortSignal): Promise<void>
  /** The addresses of the point reads since the last call, in order. */
  reads(): string[]
  /** Shifts the mirror's times as if this many days had passed. */
  age(days: number): Promise<void>
}

export interface MirroredOptions extends Partial<OrganizationOptions> {
  /** The API of the vendor that the client uses. Defaults to v2. */
  readonly api?: Api
  /** The allowance, and the interval between pulls. */
  readonly allowed?: number
  readonly pullIntervalSeconds?: number
  readonly historyDays?: number
}

export async function mirrored(options: MirroredOptions = {}): Promise<Mirrored> {
  const { api = 'v2', allowed = 1_000_000, pullIntervalSeconds = 86_400, historyDays = 400, ...organization } = options
  await using opening = new AsyncDisposableStack()
  const key = { apiKey: 'key', apiSecret: 'secret' }
  const simulator = opening.use(
    await startSimulator({ organizations: [{ ...key, domains: ['example.com'], limiter: 'none', ...organization }] }),
  )
  const database = opening.use(await reusedDatabase())
  const { sql } = database
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const ids = await putOrganizations(sql, [
    { slug: 'acme', name: 'Acme', allowanceKey: 'key', pullIntervalSeconds, ...columnsOf(api) },
  ])
  const organizationId = ids.get('acme') ?? 0
  await sql`update organizations set next_pull_at = 'infinity', pruned_at = 'infinity'`
  const allowance = await openAllowance(sql, 'key', allowed)
  const retry = { transient: { retries: 2, baseMs: 1, capMs: 2 }, rateLimited: { retries: 2, baseMs: 1, capMs: 2 } }
  const client = opening.use(createClient(api, simulator, { ...key, organization: 'acme', allowance, logger, retry }))
  const deps: SyncDeps = { sql, logger, historyDays, clientOf: (id) => (id === organizationId ? client : undefined) }
  const queue = new MemoryQueue()
  const worker = await startSyncWorker(deps, queue)
  opening.defer(() => worker.stop())
  const audit = openAudit(sql)
  const memory = openMemory()
  const wakes = openWakes(database.listen)
  const viewer: Viewer = { name: 'reader', scopes: new Set(['read', 'write', 'admin']), organizations: 'all' }
  const ask = async (question: string, variables: Row = {}): Promise<ExecutionResult> => {
    const document = parse(question)
    const mistakes = validate(schema, document)
    if (mistakes.length > 0) return { errors: mistakes }
    const contextValue: GraphContext = {
      ...readingContext(database, viewer, new AbortController().signal),
      memory,
      audit,
      wakes,
      sync: {
        refreshUser: refreshUserWith(deps),
        startPull: (id) => beginPull(sql, id, 'REQUEST'),
        resolveQuarantine: (pull, accept) => resolveQuarantine(sql, pull, accept),
        declareGone: (user, actor) => declareGone(sql, user, actor),
      },
      acceptFinding: (acceptance) => acceptFinding(sql, acceptance),
      withdrawAcceptance: (findingId) => withdrawAcceptance(sql, findingId),
      writes: openWrites({ ...deps, control: database.control, secrets: undefined }),
      webhooks: openWebhooks(depsOf(database)),
      liftScimGuard: (lift) => liftGuard(sql, lift),
      lookups: { left: mostLookups },
    }
    const args = { schema, document, variableValues: variables, contextValue }
    return plain((await executeOperation(args, execute)) as ExecutionResult)
  }
  const data = async <Data>(question: string, variables?: Row): Promise<Data> => {
    const answer = await ask(question, variables)
    if (answer.errors) throw new AggregateError(answer.errors, answer.errors.map(({ message }) => message).join('; '))
    return answer.data as Data
  }
  const work = async (name: Job['name'], signal = new AbortController().signal) => {
    await queue.run('tick', signal)
    while (await queue.run(name, signal));
  }
  const settle = async () => {
    while ((await readRunningPulls(sql)).length > 0) {
      await work('page')
      await work('conclude')
    }
  }
  const owned = opening.move()
  return {
    simulator,
    vendor: simulator.organization('key'),
    sql,
    organizationId,
    lines,
    ask,
    data,
    settle,
    work,
    async pull() {
      await data('mutation { startPull { id } }')
      await settle()
    },
    reads() {
      const asked = simulator.requests.map(({ path }) => /\/users\/(.+)$/.exec(decodeURIComponent(path))?.[1])
      simulator.clearRequests()
      return asked.filter((address) => address !== undefined)
    },
    age: (days) => age(sql, days),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The queue without a store. A job whose id waits is not added. */
class MemoryQueue implements JobQueue {
  #waiting = new Map<string, Job>()
  #handle: (job: Job, signal: AbortSignal) => Promise<void> = async () => {}

  async push(...jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) this.#waiting.set(idOf(job), job)
  }

  async schedule(): Promise<number> {
    return 0
  }

  work(handle: (job: Job, signal: AbortSignal) => Promise<void>): void {
    this.#handle = handle
  }

  async close(): Promise<void> {}

  /** Runs one job of this name. Returns false if none waits. A tick always runs. */
  async run(name: Job['name'], signal: AbortSignal): Promise<boolean> {
    const job = name === 'tick' ? { name } : [...this.#waiting.values()].find((one) => one.name === name)
    if (!job) return false
    this.#waiting.delete(idOf(job))
    await this.#handle(job, signal)
    return true
  }
}

/** Shifts all times that the mirror set, but not the vendor's own. */
async function age(sql: Sql, days: number): Promise<void> {
  const columns = await sql<{ table: string; columns: string[] }[]>`
    select table_name as table, array_agg(column_name::text) as columns from information_schema.columns
    where table_schema = 'public' and data_type = 'timestamp with time zone' and column_name not in ('created_at', 'updated_at')
      and table_name not like 'allowance%'
    group by 1`
  for (const { table, columns: names } of columns) {
    const shifted = names.map((name) => `${name} = ${name} - interval '${days} days'`)
    await sql.unsafe(`update ${table} set ${shifted.join(', ')}`)
  }
  // Pulls still do not begin automatically.
  await sql`update organizations set next_pull_at = 'infinity'`
}
