/** The program with a vendor that follows its documentation: what it serves, how it stops, and how it recovers. */
import { afterAll, expect, test } from 'vitest'
import { readSessions } from '../../src/db/sessions.ts'
import { basic, startVendor } from '../simulator/vendor.ts'
import { testDatabase } from '../support/database.ts'
import { ask, databaseVariables, startProgram, token } from '../support/program.ts'
import { until } from '../support/until.ts'

const credentials = { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret' }
const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())

const vendor = opened.use(await startVendor({ switches: { listCarries: [] } }, { clock: Date.now }))
const database = opened.use(await testDatabase())
const variables = {
  ...credentials,
  ...databaseVariables(database),
  ESSENTIALS_BASE_URL: vendor.simulator.url,
  ADMIN_TOKEN: token,
  PORT: '0',
}
const served = opened.use(startProgram(['serve'], variables))
const origin = await served.origin()

const mirrorQuery = '{ organization { mirror { state problem usersWithoutRelations } } }'
async function mirrorOf(of: string) {
  const answer = await ask(of, mirrorQuery)
  return answer.data?.organization?.mirror as { state: string; problem: string | null; usersWithoutRelations: number }
}

/** Waits until the mirror is current, with every user's relations read, and without a problem. */
function current(of: string) {
  return until(async () => {
    const mirror = await mirrorOf(of)
    return mirror.state === 'CURRENT' && mirror.usersWithoutRelations === 0 && mirror.problem === null
  })
}

test('serve: a process with a worker is recognized by its sessions', async () => {
  await current(origin)
  expect(await readSessions(database.sql)).toMatchObject({ workers: 1 })
})

test('serve: the program returns a user with roles, aliases and groups', async () => {
  await current(origin)
  const { data, errors } = await ask(
    origin,
    `{ user(primaryEmail: "ANNA.muller@example.com") {
        primaryEmail displayName status roles { name } aliases { address } groups { nodes { groupId name } } mailboxSize
    } }`,
  )
  expect(errors).toBeUndefined()
  expect(data.user).toMatchInlineSnapshot(`
    {
      "aliases": [
        {
          "address": "anna@example.com",
        },
      ],
      "displayName": "Anna Müller",
      "groups": {
        "nodes": [
          {
            "groupId": "grp_001",
            "name": "Engineering",
          },
        ],
      },
      "mailboxSize": 2048,
      "primaryEmail": "Anna.Muller@example.com",
      "roles": [
        {
          "name": "ADMINISTRATOR",
        },
        {
          "name": "USER",
        },
      ],
      "status": "ACTIVE",
    }
  `)
})

test('serve: liveness and readiness succeed, and the API requires a token', async () => {
  expect((await fetch(`${origin}/health/live`)).status).toBe(200)
  expect((await fetch(`${origin}/health/ready`)).status).toBe(200)
  const anonymous = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }' }),
  })
  expect(anonymous.status).toBe(401)
  expect(await ask(origin, '{ __typename }', {}, 'wrong')).toEqual({
    errors: [{ message: 'Unknown token.', extensions: { code: 'UNAUTHENTICATED' } }],
  })
})

test('serve: refreshUser and startPull work, and the remaining allowance is reported', async () => {
  vendor.organization.updateUser('bob@example.com', { firstName: 'Robert' })
  const refreshed = await ask(
    origin,
    'mutation { refreshUser(input: { primaryEmail: "bob@example.com" }) { ... on RefreshUserSuccess { user { firstName } changed } } }',
  )
  expect(refreshed.data.refreshUser).toEqual({ user: { firstName: 'Robert' }, changed: ['firstName', 'updatedAt'] })
  const started = await ask(origin, 'mutation { startPull { state trigger } }')
  expect(started.data.startPull).toEqual({ state: 'RUNNING', trigger: 'REQUEST' })
  const { data } = await ask(origin, '{ organization { budget { limit used reservedForWrites } } }')
  expect(data.organization.budget).toMatchObject({ limit: 100, reservedForWrites: 10 })
  expect(data.organization.budget.used).toBeGreaterThanOrEqual(6)
})

test.each([
  ['{ users(first: -1) { totalCount } }'],
  ['{ users(first: 501) { totalCount } }'],
  ['{ users(first: 1, last: 1) { totalCount } }'],
  ['{ users(after: "from elsewhere") { totalCount } }'],
  ['{ groups(last: 501) { totalCount } }'],
  ['{ changes(first: 501) { nodes { kind } } }'],
  ['{ changes(after: "elsewhere") { nodes { kind } } }'],
  ['{ organization { mirror { pulls(first: 501) { totalCount } } } }'],
  ['{ organization { mirror { pulls(after: "elsewhere") { totalCount } } } }'],
  ['{ node(id: "broken") { id } }'],
  ['{ nodes(ids: ["broken"]) { id } }'],
  ['{ user(primaryEmail: "no address") { id } }'],
  ['{ organization(slug: "missing") { id } users(organization: "missing") { totalCount } }'],
  ['mutation { resolveQuarantine(pull: "broken", accept: true) { id } }'],
  ['mutation { startPull(organization: "missing") { id } }'],
])('serve: %s gets a clear error with a code', async (query) => {
  const { errors } = await ask(origin, query)
  expect(errors).toHaveLength(1)
  expect(errors?.[0]?.extensions?.code).toMatch(/^BAD_USER_INPUT$|^NOT_FOUND$|^GRAPHQL_VALIDATION_FAILED$/)
  expect(errors?.[0]?.message).not.toMatch(/internal|unexpected/i)
})

test('serve: several API and worker processes share one database', async () => {
  await using own = await testDatabase()
  const shared = { ...variables, ...databaseVariables(own) }
  await using api = startProgram(['api'], shared)
  await using worker = startProgram(['worker'], shared)
  await using other = startProgram(['worker'], shared)
  const at = await api.origin()
  await current(at)
  const { data } = await ask(at, '{ users { totalCount } organization { mirror { pulls { nodes { trigger } } } } }')
  expect(data.users.totalCount).toBe(2)
  expect(worker.out() + other.out()).toBe('')
  expect(await worker.stop()).toEqual({ code: 0, signal: null })
  // The other worker continues.
  vendor.organization.createUser({ primaryEmail: 'late@example.com' })
  await ask(at, 'mutation { startPull { id } }')
  await until(async () => (await ask(at, '{ users { totalCount } }')).data.users.totalCount === 3)
  vendor.organization.deleteUser('late@example.com')
  expect(await api.stop('SIGINT')).toEqual({ code: 0, signal: null })
  expect(api.err()).toContain('"msg":"stopped"')
})

test('serve: a wrong key and an unreachable vendor are reported, do not stop the API, and clear automatically', async () => {
  await using own = await testDatabase()
  await using mine = await startVendor({}, { clock: Date.now })
  mine.organization.refuseKey()
  await using program = startProgram(['serve'], {
    ...variables,
    ...databaseVariables(own),
    ESSENTIALS_BASE_URL: mine.simulator.url,
    PULL_INTERVAL_SECONDS: '1',
  })
  const at = await program.origin()
  const refused = await until(async () => (await mirrorOf(at)).problem ?? undefined)
  expect(refused).toMatch(/API key/)
  expect((await mirrorOf(at)).state).toBe('EMPTY')
  expect(program.err()).toContain('API key')
  expect(program.err()).not.toContain(basic('key', 'secret').slice(6))

  // The vendor is unreachable: its port is closed. Then another vendor listens on it.
  const { port } = new URL(mine.simulator.url)
  await mine.simulator.close()
  const away = await until(async () => {
    const { problem } = await mirrorOf(at)
    return problem !== refused && (problem ?? undefined)
  })
  expect(away).toMatch(/could not be reached|cannot be reached|ECONNREFUSED/)
  await using _back = await startVendor({}, { clock: Date.now, port: Number(port) })
  await until(async () => (await mirrorOf(at)).problem === null)
  expect((await ask(at, '{ users { totalCount } }')).data.users.totalCount).toBe(2)
})

test('serve: without Redis the API answers, the log reports it from time to time, and the program stops normally', async () => {
  await using own = await testDatabase()
  await using closed = await startVendor({}, { clock: Date.now })
  const { port } = new URL(closed.simulator.url)
  await closed.simulator.close()
  await using program = startProgram(['serve'], {
    ...variables,
    ...databaseVariables(own),
    REDIS_URL: `redis://127.0.0.1:${port}`,
  })
  const at = await program.origin()
  expect((await mirrorOf(at)).state).toBe('EMPTY')
  const complaints = () =>
    program
      .err()
      .split('\n')
      .filter((line) => line.includes('the queue has an error'))
  await until(() => complaints().length > 0)
  const answers = await Promise.all(Array.from({ length: 20 }, () => mirrorOf(at)))
  expect(answers.every(({ state }) => state === 'EMPTY')).toBe(true)
  expect(complaints()).toHaveLength(1)
  expect(await program.stop()).toEqual({ code: 0, signal: null })
  expect(program.err()).toContain('"msg":"stopped"')
  expect(program.err()).not.toContain('shutdown timed out')
})

test('serve: SIGTERM drains the program, which exits with 0 although a client keeps a connection open', async () => {
  expect((await ask(origin, '{ __typename }')).data).toEqual({ __typename: 'Query' })
  expect(await served.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(served.err()).toContain('"msg":"stopped"')
  await expect(fetch(`${origin}/health/live`)).rejects.toThrow()
})
