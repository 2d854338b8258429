/**
 * A simulated vendor, its mirror and workers of the sync, with the queue that the test chooses. Tests wait for results in
 * the rows.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Database, Sql } from '../../src/db/database.ts'
import { isoOf } from '../../src/db/timestamps.ts'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { vendorObserver } from '../../src/observers.ts'
import { openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import type { LoggedRequest } from '../../src/simulator/http/request-log.ts'
import type { OrganizationOptions, SimulatedOrganization } from '../../src/simulator/organization.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts'
import type { SyncDeps } from '../../src/sync/deps.ts'
import { openQueue } from '../../src/sync/queue.ts'
import { type SyncWorker, startSyncWorker } from '../../src/sync/worker.ts'
import type { Tracing } from '../../src/tracing/tracing.ts'
import type { EssentialsClient } from '../../src/vendor/adapter.ts'
import type { RetryPolicy } from '../../src/vendor/http/retry.ts'
import { type Api, columnsOf, createClient, interfaceState } from './api.ts'
import { reusedDatabase } from './database.ts'
import { openInProcessQueue } from './in-process-queue.ts'
import { type MirrorState, readMirror } from './mirror-state.ts'
import { openStore, type StoreName } from './queue-stores.ts'
import { until } from './until.ts'

export interface SyncOptions {
  /** The API of the vendor that the clients use. Defaults to v2. */
  readonly api?: Api
  /** Where BullMQ keeps the queue. Defaults to a queue of the test's process, without BullMQ. */
  readonly store?: StoreName
  /** Defaults to one organization with a few users and groups, full list rows and no limit. */
  readonly organizations?: readonly Partial<OrganizationOptions>[]
  readonly simulator?: Omit<SimulatorOptions, 'organizations'>
  /** The limit of the allowance. Defaults to no limit. */
  readonly requestsPerMinute?: number
  readonly healMs?: number
  readonly tracing?: Tracing
}

export interface PullRow {
  readonly id: number
  readonly state: string
  readonly phase: string
  readonly trigger: string
  readonly requests: number
  readonly retries: number
  readonly rateLimited: number
  readonly usersSeen: number
  readonly usersExpected: number | null
  readonly created: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
  readonly error: string | null
}

export interface SyncHarness extends AsyncDisposable {
  readonly simulator: Simulator
  readonly database: Database
  readonly sql: Sql
  readonly deps: SyncDeps
  readonly organizations: readonly { readonly id: number; readonly vendor: SimulatedOrganization }[]
  /** The vendor of the first organization. */
  readonly vendor: SimulatedOrganization
  readonly organizationId: number
  /** The log's entries at `warn` and above. */
  readonly lines: Record<string, unknown>[]
  /** Starts a worker. There may be several; the harness stops those that still run at its end. */
  startWorker(): Promise<SyncWorker>
  /** Deletes all of the queue's data, if it has a store. */
  loseQueue(): Promise<void>
  begin(organizationId?: number): Promise<number>
  /** Runs a complete pull to its end, whatever its result. A worker must be running. */
  pull(organizationId?: number): Promise<PullRow>
  ended(pullId: number): Promise<PullRow>
  readPull(pullId: number): Promise<PullRow>
  /** Waits until no requested read of relations is left, including deferred ones. */
  relationsRead(): Promise<void>
  mirror(organizationId?: number): Promise<MirrorState>
  problem(organizationId?: number): Promise<string | null>
  /** The requests that the vendor received, in short form: `GET /users page=1`. */
  requests(): string[]
}

const quickRetries: RetryPolicy = {
  transient: { retries: 2, baseMs: 1, capMs: 2 },
  rateLimited: { retries: 3, baseMs: 2, capMs: 4 },
}

const small: Partial<OrganizationOptions> = { data: { users: 60, groups: 8 } }

export async function startSync(options: SyncOptions = {}): Promise<SyncHarness> {
  await using opening = new AsyncDisposableStack()
  const wanted = options.organizations ?? [small]
  const simulator = opening.use(
    await startSimulator({
      ...options.simulator,
      switches: {
        listCarries: ['status', 'profile', 'roles', 'aliases', 'groups', 'timestamps'],
        ...options.simulator?.switches,
      },
      organizations: wanted.map((one, i) => ({
        apiKey: `key-${i}`,
        apiSecret: `secret-${i}`,
        domains: ['example.com'],
        limiter: 'none',
        ...one,
      })),
    }),
  )
  const database = opening.use(await reusedDatabase())
  const { sql } = database
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const clients = new Map<number, EssentialsClient>()
  const { api = 'v2' } = options
  const limits = api === 'v1' ? { atOnce: 4, credential: 'the password' } : {}
  const organizations = await openOrganizations(sql, simulator, api, async (id, apiKey) => {
    const requests = options.requestsPerMinute ?? 1_000_000
    const allowance = await openAllowance(sql, `allowance of ${apiKey}`, requests, undefined, limits)
    const shared = {
      organization: `org-${id}`,
      allowance,
      logger,
      retry: quickRetries,
      observer: vendorObserver(options),
    }
    const apiSecret = apiKey.replace('key', 'secret')
    clients.set(id, createClient(api, simulator, { ...shared, apiKey, apiSecret }))
  })
  opening.defer(async () => {
    await Promise.all([...clients.values()].map((client) => client.close()))
  })
  const deps: SyncDeps = {
    sql,
    logger,
    historyDays: 400,
    clientOf: (id) => clients.get(id),
    tracing: options.tracing,
    sleep: async (milliseconds, signal) => await sleep(Math.min(20, milliseconds), undefined, { signal }),
  }
  const kept = options.store && (await openStore(options.store, database))
  const openWorkersQueue = () => (kept ? openQueue(kept.store, logger) : openInProcessQueue(logger))
  const running = new Set<SyncWorker>()
  opening.defer(async () => {
    await Promise.all([...running].map((worker) => worker.stop()))
  })
  const [first] = organizations
  if (!first) throw new Error('a sync needs an organization')

  const readPull = async (pullId: number): Promise<PullRow> => {
    const [row] = await sql<PullRow[]>`
      select id, state, phase, trigger, requests, retries, rate_limited as "rateLimited", users_seen as "usersSeen",
        users_expected as "usersExpected", created, updated, deleted, unchanged, error
      from pulls where id = ${pullId}`
    if (!row) throw new Error(`there is no pull ${pullId}`)
    return row
  }
  const ended = (pullId: number) =>
    until(async () => {
      const pull = await readPull(pullId)
      return pull.state !== 'RUNNING' && pull
    })
  const begin = (organizationId = first.id) => beginPull(sql, organizationId, 'REQUEST')
  const owned = opening.move()
  return {
    simulator,
    database,
    sql,
    deps,
    organizations,
    vendor: first.vendor,
    organizationId: first.id,
    lines,
    async startWorker() {
      const worker = await startSyncWorker(deps, openWorkersQueue(), {
        listen: database.listen,
        rhythm: { tickMs: kept ? 1_000 : 50, healMs: options.healMs ?? 15_000, gapMs: 10 },
      })
      const once = { stop: () => (running.delete(once) ? worker.stop() : Promise.resolve()) }
      running.add(once)
      return once
    },
    async loseQueue() {
      await kept?.lose()
    },
    begin,
    pull: async (organizationId) => ended(await begin(organizationId)),
    ended,
    readPull,
    relationsRead: () =>
      until(async () => {
        const [row] = await sql`select from users where relations_wanted_at is not null limit 1`
        return row === undefined
      }).then(() => undefined),
    mirror: (organizationId = first.id) => readMirror(sql, organizationId),
    async problem(organizationId = first.id) {
      const [row] = await sql<
        { problem: string | null }[]
      >`select problem from organizations where id = ${organizationId}`
      return row?.problem ?? null
    },
    requests: () => simulator.requests.map(inShort),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The state of the mirror once it has everything that the vendor has. */
export function vendorState(vendor: SimulatedOrganization, api: Api = 'v2'): MirrorState {
  if (api === 'v1') return interfaceState(vendor)
  const { users, groups } = vendor.snapshot()
  return {
    users: users.map((user) => ({
      primaryEmail: user.primaryEmail,
      type: user.type.toUpperCase(),
      firstName: user.firstName ?? null,
      lastName: user.lastName ?? null,
      status: user.status?.toUpperCase() ?? null,
      mailboxSize: user.mailboxSize ?? null,
      spamPolicy: user.spamPolicy ?? null,
      createdAt: isoOf(user.createdAt),
      updatedAt: isoOf(user.updatedAt),
      roles: [...user.roles],
      aliases: [...user.aliases],
      groups: [...user.groups],
      unresolved: [],
    })),
    groups,
  }
}

async function openOrganizations(
  sql: Sql,
  simulator: Simulator,
  api: Api,
  open: (id: number, apiKey: string) => Promise<void>,
): Promise<{ id: number; vendor: SimulatedOrganization }[]> {
  const ids = await putOrganizations(
    sql,
    simulator.organizations.map(({ apiKey }) => ({
      slug: apiKey,
      name: apiKey,
      allowanceKey: `allowance of ${apiKey}`,
      pullIntervalSeconds: 86_400,
      ...columnsOf(api),
    })),
  )
  // Pulls do not begin automatically: the test starts them.
  await sql`update organizations set next_pull_at = 'infinity'`
  const opened: { id: number; vendor: SimulatedOrganization }[] = []
  for (const vendor of simulator.organizations) {
    const id = ids.get(vendor.apiKey) ?? 0
    await open(id, vendor.apiKey)
    opened.push({ id, vendor })
  }
  return opened
}

function inShort({ method, path, query }: LoggedRequest): string {
  const page = new URLSearchParams(query).get('page')
  return `${method} ${decodeURIComponent(path)}${page === null ? '' : ` page=${page}`}`
}
