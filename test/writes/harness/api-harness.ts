/**
 * The whole program without the worker, connected to a simulated vendor. Requests of callers go over HTTP to the real
 * server, and from there to the simulator.
 */
import type { Logger } from 'pino'
import { openAudit } from '../../../src/access/audit.ts'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { readingContext, type Viewer } from '../../../src/graph/context.ts'
import { mostLookups } from '../../../src/graph/core/lookups.ts'
import { buildSchema } from '../../../src/graph/schema.ts'
import { openMemory } from '../../../src/mirror/count-cache.ts'
import { openWakes } from '../../../src/mirror/feed/notifications.ts'
import { applyGroups } from '../../../src/mirror/groups/apply-groups.ts'
import type { WriteService } from '../../../src/operations/write-service.ts'
import { startServer } from '../../../src/server/http/start-server.ts'
import type { LoggedRequest } from '../../../src/simulator/http/request-log.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.ts'
import { convertGroup } from '../../../src/sync/convert.ts'
import { readUser } from '../../../src/sync/point-read/read-user.ts'
import { refreshUserWith } from '../../../src/sync/point-read/refresh-user.ts'
import type { EssentialsClient } from '../../../src/vendor/adapter.ts'
import type { Api } from '../../support/api.ts'
import { reusedDatabase } from '../../support/database.ts'
import { openProcess, type ProcessOptions, sleepingClock } from './process.ts'

export type Json = Record<string, unknown>

export interface ApiHarnessOptions extends ProcessOptions {
  readonly data?: SimulatorOptions['organizations'][number]['data']
  readonly switches?: SimulatorOptions['switches']
  readonly interfaceSwitches?: SimulatorOptions['organizations'][number]['interfaceSwitches']
  /** The time by which each reading advances the vendor's clock. Defaults to a second; ignored if a clock is given. */
  readonly tickMs?: number
  /** The vendor's clock. */
  readonly clock?: SimulatorOptions['clock']
  readonly seed?: number
}

export interface ApiHarness extends AsyncDisposable {
  readonly simulator: Simulator
  readonly vendor: Simulator['organizations'][number]
  readonly database: Database
  readonly organizationId: number
  readonly url: string
  readonly writes: WriteService
  readonly client: EssentialsClient
  readonly api: Api
  readonly logger: Logger
  /** All log lines so far. */
  readonly lines: string[]
  /** The text of all responses so far. */
  readonly answers: string[]
  /** The field of a mutation with this input; throws if the response has errors. */
  mutate(field: string, input: Json, selection?: string, token?: string): Promise<Json>
  /** The data, the errors and the status of the response to any body. */
  post(body: unknown, token?: string): Promise<{ status: number; data?: Json; errors?: Json[] }>
  /** The harness of another process on the same database and vendor. */
  neighbour(): Promise<ApiHarness>
  /** Reads all users and groups into the mirror, and clears the log of the requests that this took. */
  fill(): Promise<void>
  /** Advances the vendor's clock. */
  pass(milliseconds: number): void
  /** The requests since the last `clearRequests` that change something. With the API v1, below the organization. */
  sent(): string[]
}

const domain = 'example.com'

/** Two users and two groups, with undocumented fields. */
const people = {
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
      mailboxSize: 2048,
      spamPolicy: { level: 'strict' },
      undocumented: { department: 'R&D', flags: [], nothing: null },
      createdAt: '2025-01-01T00:00:00.000Z',
      updatedAt: '2025-02-01T00:00:00.000Z',
    },
    { primaryEmail: 'bob@example.com', firstName: 'Bob', createdAt: '2024-01-01T00:00:00.000Z' },
  ],
}

/**
 * A clock that advances with each reading, so that no two changes have the same time, and while a process of the
 * harness sleeps.
 */
function startDay(tickMs: number): { readonly look: () => number; readonly pass: (milliseconds: number) => void } {
  let now = Date.UTC(2026, 5, 1, 12)
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  return {
    look() {
      pass(tickMs)
      return now
    },
    pass,
  }
}

export async function apiHarness(asked: ApiHarnessOptions = {}): Promise<ApiHarness> {
  await using opening = new AsyncDisposableStack()
  const day = startDay(asked.tickMs ?? 1_000)
  const options = { pauses: sleepingClock(day.pass), ...asked }
  const simulator = opening.use(
    await startSimulator({
      clock: asked.clock ?? day.look,
      switches: options.switches,
      seed: options.seed,
      organizations: [
        {
          apiKey: 'key',
          apiSecret: 'secret-of-the-key',
          domains: [domain],
          requestsPerMinute: 1_000_000,
          data: options.data ?? people,
          interfaceSwitches: options.interfaceSwitches,
        },
      ],
    }),
  )
  const database = opening.use(await reusedDatabase())
  const opened = await open(simulator, database, options, day.pass)
  opening.use(opened)
  const owned = opening.move()
  return { ...opened, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function open(
  simulator: Simulator,
  database: Database,
  options: ApiHarnessOptions,
  pass: ApiHarness['pass'],
): Promise<ApiHarness> {
  await using opening = new AsyncDisposableStack()
  const answers: string[] = []
  const opened = opening.use(await openProcess(database.sql, simulator.url, options))
  const { organizationId, sync, client, writes, logger, lines } = opened
  const refuse = () => Promise.reject(new Error('there is no worker'))
  const memory = openMemory()
  const server = await startServer({
    schema: buildSchema(),
    contextFor: ({ viewer, signal }) => ({
      ...readingContext(database, viewer, signal),
      sync: { refreshUser: refreshUserWith(sync), startPull: refuse, resolveQuarantine: refuse, declareGone: refuse },
      writes,
      audit: openAudit(database.sql),
      wakes: openWakes(database.listen),
      memory,
      lookups: { left: mostLookups },
    }),
    authenticate: async (token) => viewerOf(token),
    ready: async () => {},
    logger,
    host: '127.0.0.1',
    port: 0,
  })
  opening.defer(() => server.stop())

  const post: ApiHarness['post'] = async (body, token = 'alice') => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    answers.push(text)
    return { status: response.status, ...(JSON.parse(text) as object) }
  }
  const owned = opening.move()
  return {
    simulator,
    vendor: simulator.organization('key'),
    database,
    organizationId,
    url: server.url,
    writes,
    client,
    api: options.api ?? 'v2',
    logger,
    lines,
    answers,
    post,
    async mutate(field, input, selection = '', token = 'alice') {
      const { data, errors } = await post({ query: documentOf(field, selection), variables: { input } }, token)
      if (errors) throw new Error(JSON.stringify(errors))
      return data?.[field] as Json
    },
    async neighbour() {
      const own = openDatabase(database.connection)
      const opened = await open(simulator, own, options, pass)
      return {
        ...opened,
        async [Symbol.asyncDispose]() {
          await opened[Symbol.asyncDispose]()
          await own.close()
        },
      }
    },
    async fill() {
      if (client.capabilities.groups) {
        const groups = await client.listGroups({ page: 1, pageSize: 1_000 }, { priority: 'background' })
        await database.sql.begin((tx) =>
          applyGroups(tx, organizationId, { ...groups, origin: 'PULL' }, groups.value.groups.map(convertGroup)),
        )
      }
      const call = { priority: 'background' } as const
      for (const { primaryEmail } of simulator.organization('key').users()) {
        await readUser(database.sql, client, organizationId, primaryEmail, { origin: 'PULL' }, call, 'KEEP')
      }
      simulator.clearRequests()
    },
    pass,
    sent: () => changesIn(simulator.requests),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function changesIn(requests: readonly LoggedRequest[]): string[] {
  return requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${decodeURIComponent(path).replace('/orgs/example.com', '')}`)
}

/** A token is the name of its holder. `reader` may only read, `writer` only write, and `root` also administers. */
function viewerOf(token: string): Viewer {
  const own = { reader: ['read'], writer: ['write'], root: ['read', 'write', 'admin'] } as const
  const scopes =
    token === 'reader' || token === 'writer' || token === 'root' ? own[token] : (['read', 'write'] as const)
  return { name: token, scopes: new Set(scopes), organizations: 'all' }
}

const inputs: Record<string, string> = {
  createUser: 'CreateUserInput',
  updateUser: 'UpdateUserInput',
  deleteUser: 'DeleteUserInput',
  reinstateUser: 'ReinstateUserInput',
  updateSenderLists: 'UpdateSenderListsInput',
  addUserToGroup: 'GroupMemberInput',
  removeUserFromGroup: 'GroupMemberInput',
}

const successes: Record<string, string> = {
  createUser: '... on CreateUserSuccess { notes settled plan { method path body } user { ...U } }',
  updateUser: '... on UpdateUserSuccess { notes settled changed plan { method path body } user { ...U } }',
  deleteUser: '... on DeleteUserSuccess { notes settled plan { method path body } user { ...U } }',
  reinstateUser: '... on UpdateUserSuccess { notes settled changed plan { method path body } user { ...U } }',
  updateSenderLists:
    '... on UpdateSenderListsSuccess { notes settled plan { method path body } user { senderLists { safe blocked } ...U } }',
  addUserToGroup:
    '... on GroupMemberSuccess { notes settled plan { method path body } user { ...U } group { groupId } }',
  removeUserFromGroup:
    '... on GroupMemberSuccess { notes settled plan { method path body } user { ...U } group { groupId } }',
}

const failures = `
  ... on Failure { message code }
  ... on InvalidInput { issues { path message } }
  ... on Conflict { current { primaryEmail } }
  ... on BudgetExhausted { retryAt }
  ... on VendorFailure { status outcomeUnknown }`

// GraphQL does not allow a field under one response name that is nullable in one type of a union and non-null in
// another, so these fields have aliases.
const more: Record<string, string> = {
  createUser: `... on AlreadyExists { bearer: user { primaryEmail } } ... on DomainNotRegistered { domain }
    ... on NotAsWritten { fields held: user { primaryEmail } }`,
  updateUser: '... on NotAsWritten { fields held: user { primaryEmail } }',
  deleteUser: '',
  reinstateUser: '... on NotAsWritten { fields held: user { primaryEmail } }',
  updateSenderLists: '... on NotAsWritten { fields held: user { primaryEmail } }',
  addUserToGroup: '... on NotAsWritten { fields held: user { primaryEmail } }',
  removeUserFromGroup: '... on NotAsWritten { fields held: user { primaryEmail } }',
}

function documentOf(field: string, selection: string): string {
  return `mutation ($input: ${inputs[field]}!) { ${field}(input: $input) {
    __typename ${successes[field]} ${failures} ${more[field]} ${selection}
  } }
  fragment U on User { id primaryEmail firstName lastName type status mailboxSize spamPolicy deletedAt
    roles { name } aliases { address } groups { edges { policyState policyEffectiveBy firstSeenAt node { groupId } } } }`
}
