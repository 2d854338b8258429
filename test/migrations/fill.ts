import { z } from 'zod'
import type { Database, Sql } from '../../src/db/database.ts'
import type { User } from '../../src/simulator/data/user.ts'
import { everySection } from '../../src/simulator/options.ts'
import type { SimulatedOrganization, Snapshot } from '../../src/simulator/organization.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { ask, databaseVariables, type Program, runProgram, startProgram, token } from '../support/program.ts'
import { until } from '../support/until.ts'
import { putRefusedArea, putScim, putWebhook } from './other-rows.ts'

/**
 * Fills a database as the program does: pulls, writes and operations against a simulated vendor, until a kill
 * interrupts the work in progress.
 */

const apiKey = 'key'
const apiSecret = 'secret-of-the-key'
const domains = ['example.com', 'example.org']
const groups = ['grp_001', 'grp_002', 'grp_003']

/** The companion of a dump: the vendor at that moment, and the answers of the graph. */
export const companionSchema = z.strictObject({
  vendor: z.strictObject({
    // In the simulator's format.
    users: z.array(z.custom<User>((user) => typeof user === 'object')),
    groups: z.array(z.strictObject({ id: z.string(), name: z.string(), memberCount: z.number() })),
  }),
  answers: z.array(z.strictObject({ question: z.string(), data: z.record(z.string(), z.unknown()) })),
})
export type Companion = z.infer<typeof companionSchema>

/** Starts the vendor of a dump. */
export function startVendorOf({ users, groups }: Pick<Snapshot, 'users' | 'groups'>) {
  const data = { users, groups: groups.map(({ id, name }) => ({ id, name })) }
  return startSimulator({ organizations: [{ apiKey, apiSecret, domains, limiter: 'none', data, switches }] })
}

const switches = { listCarries: everySection, maximumPageSize: 25 }

/** The variables of a program with this database and vendor. It pulls only at its start and on request. */
export function variablesOf(database: Database, vendorUrl: string): Record<string, string> {
  return {
    ...databaseVariables(database),
    ESSENTIALS_API_KEY: apiKey,
    ESSENTIALS_API_SECRET: apiSecret,
    ESSENTIALS_BASE_URL: vendorUrl,
    ESSENTIALS_REQUESTS_PER_MINUTE: '100000',
    ADMIN_TOKEN: token,
    PORT: '0',
    PULL_INTERVAL_SECONDS: '604800',
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    // A dump gets old, and nothing in it must be pruned.
    HISTORY_DAYS: '36500',
  }
}

export async function fill(database: Database): Promise<Companion> {
  const { sql } = database
  await using simulator = await startSimulator({
    organizations: [{ apiKey, apiSecret, domains, limiter: 'none', data: { users: 60, groups: 6 }, switches }],
  })
  const vendor = simulator.organization(apiKey)
  const variables = variablesOf(database, simulator.url)
  const moment = await withProgram(['serve'], variables, async (program, mutate) => {
    await pullEnded(sql, 1)
    const [row] = await sql<{ now: string }[]>`select clock_timestamp() as now`
    await putTokens(await program.origin(), variables)
    await putWebhook(sql)
    await putScim(sql)
    await putRefusedArea(sql)
    editVendor(vendor)
    await pull(sql, mutate)
    await write(vendor, mutate)
    await operate(sql, vendor, mutate)
    await until(async () => (await sql`select from findings limit 1`).length > 0)
    // More than a fifth of the users are deleted.
    for (const { primaryEmail } of vendor.users().slice(0, 20)) vendor.deleteUser(primaryEmail)
    await pull(sql, mutate)
    // A write that is not shown in time, and a list that shows other types until the kill.
    vendor.setSwitches({ createLagMs: 3_600_000, listCreation: 'absent', listTypes: 'other' })
    await mutate('createUser', { primaryEmail: 'late.one@example.com' })
    simulator.faults.add({ kind: 'hold', at: 'answer', path: /^\/users\?.*page=2/ })
    simulator.faults.add({ kind: 'hold', at: 'arrival', method: 'PUT' })
    simulator.faults.add({ kind: 'hold', at: 'arrival', method: 'POST', path: /^\/users$/ })
    await cutOff(sql, vendor, mutate)
    return new Date(row?.now ?? '').toISOString()
  })
  const { users, groups } = vendor.snapshot()
  const answers = await withProgram(['api'], variables, (program) => answersOf(program, questions(moment)))
  return companionSchema.parse(JSON.parse(JSON.stringify({ vendor: { users, groups }, answers })))
}

/** The answers of the graph. Fails if there is an error. */
export async function answersOf(program: Program, asked: readonly string[]): Promise<Companion['answers']> {
  const origin = await program.origin()
  const answers: Companion['answers'] = []
  for (const question of asked) {
    const { data, errors } = await ask(origin, question)
    if (errors) throw new Error(`${question}: ${JSON.stringify(errors)}`)
    answers.push({ question, data })
  }
  return answers
}

type Mutate = (field: string, input?: object) => Promise<Record<string, unknown>>

/** Runs the program for the duration of `work`, and kills it. */
async function withProgram<T>(
  args: string[],
  variables: Record<string, string>,
  work: (program: Program, mutate: Mutate) => Promise<T>,
): Promise<T> {
  await using program = startProgram(args, variables)
  const origin = await program.origin()
  const result = await work(program, async (field, input) => {
    const type = inputTypes[field]
    const document = type
      ? `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`
      : `mutation { ${field} { __typename } }`
    const { data, errors } = await ask(origin, document, { input })
    if (errors) throw new Error(`${field}: ${JSON.stringify(errors)}`)
    return data[field]
  })
  await program.stop('SIGKILL')
  return result
}

const inputTypes: Readonly<Record<string, string>> = {
  createUser: 'CreateUserInput',
  updateUser: 'UpdateUserInput',
  deleteUser: 'DeleteUserInput',
  refreshUser: 'UserRefInput',
  addUserToGroup: 'GroupMemberInput',
  removeUserFromGroup: 'GroupMemberInput',
  startOnboarding: 'OnboardingInput',
  startDeprovisioning: 'DeprovisioningInput',
  startEmailChange: 'EmailChangeInput',
}

async function pullEnded(sql: Sql, count: number): Promise<void> {
  await until(async () => {
    const [row] = await sql<{ ended: number }[]>`
      select count(*) filter (where finished_at is not null or state <> 'RUNNING')::int as ended from pulls`
    return (row?.ended ?? 0) >= count
  })
}

async function pull(sql: Sql, mutate: Mutate): Promise<void> {
  const [row] = await sql<{ pulls: number }[]>`select count(*)::int as pulls from pulls`
  await mutate('startPull')
  await pullEnded(sql, (row?.pulls ?? 0) + 1)
}

/** One valid token, and two that are rejected: a revoked one, and one without the scope. */
async function putTokens(origin: string, variables: Record<string, string>): Promise<void> {
  const create = async (name: string) => {
    const made = await runProgram(['token', 'create', '--name', name, '--scope', 'read', '--expires', '90d'], variables)
    return /egt_\S+/.exec(made.out)?.[0] ?? ''
  }
  const [reader, former] = await Promise.all([create('reader'), create('former')])
  await runProgram(['token', 'revoke', 'former'], variables)
  await ask(origin, '{ users { totalCount } }', {}, reader)
  await ask(origin, 'mutation { resolveQuarantine(pull: "", accept: true) { id } }', {}, reader)
  await ask(origin, '{ users { totalCount } }', {}, former)
}

/** The changes of an administrator in the console: every kind of change. */
function editVendor(vendor: SimulatedOrganization): void {
  const [a, b, c, d, e] = vendor
    .users()
    .slice(-5)
    .map(({ primaryEmail }) => primaryEmail) as [string, string, string, string, string]
  vendor.renameGroup('grp_001', `People's "first" group`)
  vendor.createGroup('Newcomers', 'grp_new')
  vendor.deleteGroup('grp_006')
  vendor.updateUser(a, { firstName: 'Renamed', lastName: null as never, mailboxSize: 1 })
  vendor.updateUser(a, { lastName: 'Smith\\Jones', spamPolicy: { level: 'strict', "it's": [1, null, '☃'] } })
  vendor.updateUser(b, { aliases: ['Spelled.Alias@example.com'], roles: ['USER', 'AUDITOR'], status: 'inactive' })
  vendor.addMember('grp_new', c)
  vendor.deleteUser(d)
  vendor.deleteUser(e)
  vendor.createUser({ primaryEmail: e, firstName: 'Back again' })
}

async function write(vendor: SimulatedOrganization, mutate: Mutate): Promise<void> {
  const [member] = vendor.users().filter(({ aliases }) => aliases.includes('Spelled.Alias@example.com'))
  // The same alias in other letter case: the mirror keeps both spellings.
  vendor.updateUser(member?.primaryEmail ?? '', { aliases: ['spelled.alias@example.com'] })
  await mutate('refreshUser', { primaryEmail: member?.primaryEmail })
  const user = { primaryEmail: 'new.one@example.com' }
  await mutate('createUser', {
    ...user,
    firstName: 'New',
    groups: ['grp_002'],
    password: 'Planted-Password-1!',
    idempotencyKey: 'create-1',
  })
  await mutate('updateUser', {
    ...user,
    set: { lastName: 'One', aliases: { add: ['n.one@example.org'] } },
    idempotencyKey: 'update-1',
  })
  await mutate('addUserToGroup', { ...user, groupId: 'grp_003' })
  await mutate('removeUserFromGroup', { ...user, groupId: 'grp_002' })
  await mutate('createUser', { primaryEmail: 'short.lived@example.com' })
  await mutate('deleteUser', { primaryEmail: 'short.lived@example.com' })
}

async function operate(sql: Sql, vendor: SimulatedOrganization, mutate: Mutate): Promise<void> {
  const [leaver, renamed] = vendor
    .users()
    .slice(30, 32)
    .map(({ primaryEmail }) => primaryEmail)
  await mutate('startOnboarding', {
    users: [
      {
        primaryEmail: 'on.one@example.com',
        firstName: 'On',
        groups: groups.slice(0, 2),
        password: 'Planted-Password-2!',
      },
      { primaryEmail: 'on.two@nowhere.example', firstName: 'Of no registered domain' },
    ],
  })
  await mutate('startDeprovisioning', { primaryEmails: [leaver], mode: 'DELETE' })
  await mutate('startEmailChange', { from: renamed, to: 'renamed@example.org', keepOldAddressAsAlias: true })
  await until(async () => (await sql`select from operations where finished_at is null`).length === 0)
}

/**
 * Starts an operation, a write and a pull that the vendor does not answer. Returns when all of them are in progress,
 * for the kill.
 */
async function cutOff(sql: Sql, vendor: SimulatedOrganization, mutate: Mutate): Promise<void> {
  await mutate('startOnboarding', {
    users: [1, 2, 3].map((n) => ({
      primaryEmail: `waits.${n}@example.com`,
      firstName: `Waits ${n}`,
      groups,
      password: `Planted-Waiting-${n}!`,
    })),
  })
  const [written] = vendor.users().slice(-20)
  const set = { firstName: 'Held' }
  const unanswered = mutate('updateUser', { primaryEmail: written?.primaryEmail, set, idempotencyKey: 'held' })
  unanswered.catch(() => {})
  await until(async () => {
    const [row] = await sql<{ running: boolean; cut: boolean }[]>`
      select exists (select from pulls where state = 'RUNNING') as running,
        exists (select from pulls p join pull_pages on pull_id = p.id where p.state = 'RUNNING')
        and exists (select from pull_candidates)
        and exists (select from user_locks)
        and exists (select from operation_items where state = 'RUNNING' and password is not null) as cut`
    // On a slow machine the pull may have timed out by now.
    if (!row?.running) await mutate('startPull')
    return row?.cut
  })
  // A write that the vendor showed late. A real one would take 10 s here.
  await sql`
    insert into unsettled_writes (organization_id, address_key, primary_email, kind, actor, due_at, ends_at)
    select organization_id, address_key, primary_email, 'CHANGE', 'filler', 'infinity', 'infinity'
    from users where deleted_at is null order by id limit 1`
}

/** The queries for a dump and for its upgrade, which must have the same answers. */
const userFields = `id primaryEmail firstName lastName displayName type status mailboxSize spamPolicy createdAt updatedAt deletedAt
  roles { name } aliases { id address } groups(first: 100) { totalCount nodes { id groupId name } }`

function questions(moment: string): string[] {
  return [
    `{ users(first: 200) { totalCount nodes { ${userFields} } } }`,
    `query @asOf(time: "${moment}") { users(first: 200) { totalCount nodes { ${userFields} } } groups(first: 50) { nodes { groupId name } } }`,
    '{ groups(first: 50) { totalCount nodes { id groupId name members(first: 100) { totalCount nodes { primaryEmail } } } } }',
    '{ roles { id name users { totalCount } } }',
    `{ changes(first: 500) { nodes { id kind field before after origin actor notBefore notAfter
      subject { __typename ... on Node { id } } object { __typename ... on Node { id } } } pageInfo { hasNextPage } } }`,
    '{ findings(first: 100) { nodes { id rule severity } } }',
    `{ operations(first: 50) { totalCount nodes { id kind state total done failed createdAt createdBy
      items(first: 50) { nodes { primaryEmail state steps failure { __typename code } } } } } }`,
    '{ organization { slug name mirror { users groups pulls(first: 50) { nodes { id state trigger created updated deleted unchanged } } } } }',
  ]
}
