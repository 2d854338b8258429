/** The SCIM service over HTTP, in front of the real writes and a simulated vendor. */
import { openAudit } from '../../src/access/audit.ts'
import type { Database, Sql } from '../../src/db/database.ts'
import { array } from '../../src/db/pg-array.ts'
import { readingContext, type Scope, type Viewer } from '../../src/graph/context.ts'
import { mostLookups } from '../../src/graph/core/lookups.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import { openMemory } from '../../src/mirror/count-cache.ts'
import { openWakes } from '../../src/mirror/feed/notifications.ts'
import { applyGroups } from '../../src/mirror/groups/apply-groups.ts'
import { operationWork } from '../../src/operations/operation-work.ts'
import type { ScimDeps, ScimSettings } from '../../src/scim/scim-call.ts'
import { openScim } from '../../src/scim/scim-service.ts'
import { liftGuard } from '../../src/scim/writes/removal-guard.ts'
import type { Authenticate } from '../../src/server/auth/authenticate.ts'
import { startServer } from '../../src/server/http/start-server.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts'
import { convertGroup } from '../../src/sync/convert.ts'
import { readUser } from '../../src/sync/point-read/read-user.ts'
import { refreshUserWith } from '../../src/sync/point-read/refresh-user.ts'
import { reusedDatabase } from '../support/database.ts'
import { openProcess, type ProcessOptions, sleepingClock } from '../writes/harness/process.ts'

export interface ScimHarnessOptions extends ProcessOptions {
  readonly data?: SimulatorOptions['organizations'][number]['data']
  readonly switches?: SimulatorOptions['switches']
  readonly settings?: Partial<ScimSettings>
  readonly deps?: Partial<ScimDeps>
  /** What the connection offers. Defaults to that of its API. */
  readonly capabilities?: readonly string[]
  /** Defaults to tokens that are names. */
  readonly authenticate?: (sql: Sql) => Authenticate
}

export interface ScimAnswered {
  readonly status: number
  readonly headers: Headers
  /** Undefined: the answer has no body. */
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of another protocol.
  readonly body: any
}

export interface ScimHarness extends AsyncDisposable {
  readonly simulator: Simulator
  readonly vendor: Simulator['organizations'][number]
  readonly database: Database
  readonly organizationId: number
  /** http://…/scim/v2/acme */
  readonly base: string
  readonly graphqlUrl: string
  /** Sends a request. `path` follows the address of the organization. */
  send(method: string, path: string, body?: unknown, options?: SendOptions): Promise<ScimAnswered>
  /** The id of the user with this address. */
  idOf(userName: string): Promise<string>
  groupId(displayName: string): Promise<string>
  /** Reads all users and groups into the mirror, and clears the log of the requests that this took. */
  fill(): Promise<void>
  /** The requests since the last `fill` or `clearRequests` that change something. */
  sent(): string[]
  pass(milliseconds: number): void
  /** Runs what a worker would do for operations. */
  runOperations(): Promise<void>
}

export interface SendOptions {
  /** Null: none. Defaults to the token of the organization. */
  readonly token?: string | null
  readonly headers?: Record<string, string>
  /** The address before the path. Defaults to that of the organization. */
  readonly base?: string
}

const usualSettings: ScimSettings = {
  publicUrl: undefined,
  deletes: 'deactivate',
  userNameChange: 'refuse',
  roles: [],
  password: 'ignore',
  media: 'scim',
}

/** Anna holds a privileged role, Bob holds none. `isWithShared`: an account makes its roles known. */
const people = (isWithShared: boolean) => ({
  groups: [
    { id: 'grp_001', name: 'Engineering' },
    { id: 'grp_002', name: 'Finance' },
  ],
  users: [
    {
      primaryEmail: 'Anna.Muller@example.com',
      firstName: 'Anna',
      lastName: 'Müller',
      roles: ['USER', 'ADMINISTRATOR'],
      aliases: ['anna@example.com'],
      groups: ['grp_001'],
      undocumented: { department: 'R&D' },
      createdAt: '2025-01-01T00:00:00.000Z',
    },
    {
      primaryEmail: 'bob@example.com',
      firstName: 'Bob',
      lastName: 'Stone',
      roles: ['USER'],
      aliases: [],
      groups: ['grp_001'],
      undocumented: { floor: 3 },
      createdAt: '2024-01-01T00:00:00.000Z',
    },
    { primaryEmail: 'eve@example.com', firstName: 'Eve', roles: ['USER'], createdAt: '2024-01-01T00:00:00.000Z' },
    ...(isWithShared ? [{ primaryEmail: 'shared@example.com', roles: ['FUNCTIONAL_ACCOUNT', 'END_USER'] }] : []),
  ],
})

export async function scimHarness(options: ScimHarnessOptions = {}): Promise<ScimHarness> {
  await using opening = new AsyncDisposableStack()
  let now = Date.UTC(2026, 5, 1, 12)
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  const simulator = opening.use(
    await startSimulator({
      clock: () => {
        pass(1_000)
        return now
      },
      switches: options.switches,
      organizations: [
        {
          apiKey: 'key',
          apiSecret: 'secret-of-the-key',
          domains: ['example.com'],
          requestsPerMinute: 1_000_000,
          data: options.data ?? people(options.capabilities !== undefined),
        },
      ],
    }),
  )
  const database = opening.use(await reusedDatabase())
  const opened = opening.use(
    await openProcess(database.sql, simulator.url, { pauses: sleepingClock(pass), ...options }),
  )
  const { organizationId, sync, client, writes, logger } = opened
  if (options.capabilities)
    await database.sql`
      update organizations set capabilities = ${array(options.capabilities)}::text[],
        ordinary_roles = ordinary_roles || array['END_USER', 'SILENT_USER', 'FUNCTIONAL_ACCOUNT']`
  const refuse = () => Promise.reject(new Error('there is no worker'))
  const refreshUser = refreshUserWith(sync)
  const audit = openAudit(database.sql)
  const memory = openMemory()
  const scim = openScim({
    sql: database.sql,
    reader: (asker) => database.read(asker).sql,
    writes,
    refreshUser,
    audit,
    enterWrite: () => () => {},
    ownAccountOf: () => client.account,
    settings: { ...usualSettings, ...options.settings },
    logger,
    ...options.deps,
  })
  const server = await startServer({
    schema: buildSchema(),
    contextFor: ({ viewer, signal }) => ({
      ...readingContext(database, viewer, signal),
      sync: { refreshUser, startPull: refuse, resolveQuarantine: refuse, declareGone: refuse },
      writes,
      audit,
      wakes: openWakes(database.listen),
      memory,
      liftScimGuard: (lift: Parameters<typeof liftGuard>[1]) => liftGuard(database.sql, lift),
      lookups: { left: mostLookups },
    }),
    scim,
    authenticate: options.authenticate?.(database.sql) ?? (async (token) => viewers[token]),
    ready: async () => {},
    logger,
    host: '127.0.0.1',
    port: 0,
  })
  opening.defer(() => server.stop())
  const base = `http://127.0.0.1:${server.port}/scim/v2/acme`
  const send: ScimHarness['send'] = async (
    method,
    path,
    body,
    { token = 'acme', headers = {}, base: at = base } = {},
  ) => {
    const response = await fetch(`${at}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  const only = async (path: string): Promise<string> => {
    const { body } = await send('GET', path)
    if (body.totalResults !== 1) throw new Error(`${path} has ${body.totalResults} results: ${JSON.stringify(body)}`)
    return body.Resources[0].id
  }
  const work = operationWork({ ...sync, control: database.sql, secrets: undefined, clock: sleepingClock(pass) })
  const owned = opening.move()
  return {
    simulator,
    vendor: simulator.organization('key'),
    database,
    organizationId,
    base,
    graphqlUrl: server.url,
    send,
    idOf: (userName) => only(`/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`),
    groupId: (name) => only(`/Groups?filter=${encodeURIComponent(`displayName eq "${name}"`)}`),
    async fill() {
      const call = { priority: 'background' } as const
      if (client.capabilities.groups) {
        const groups = await client.listGroups({ page: 1, pageSize: 1_000 }, call)
        await database.sql.begin((tx) =>
          applyGroups(tx, organizationId, { ...groups, origin: 'PULL' }, groups.value.groups.map(convertGroup)),
        )
      }
      for (const { primaryEmail } of simulator.organization('key').users())
        await readUser(database.sql, client, organizationId, primaryEmail, { origin: 'PULL' }, call, 'KEEP')
      simulator.clearRequests()
    },
    sent: () =>
      simulator.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${decodeURIComponent(path)}`),
    pass,
    async runOperations() {
      for (const id of await work.waiting()) await work.run(id, new AbortController().signal)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const viewerOf = (name: string, scopes: readonly Scope[], organizations: readonly string[]): Viewer => ({
  name,
  scopes: new Set(scopes),
  organizations: new Set(organizations),
})

/** A token is the name of its holder. */
const viewers: Record<string, Viewer> = {
  acme: viewerOf('acme', ['scim'], ['acme']),
  other: viewerOf('other', ['scim'], ['other']),
  both: viewerOf('both', ['scim'], ['acme', 'other']),
  graph: viewerOf('graph', ['read', 'write'], ['acme']),
  admin: viewerOf('admin', ['read', 'write', 'admin'], ['acme']),
}
