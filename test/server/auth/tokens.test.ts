import { afterAll, expect, test } from 'vitest'
import { listTokens, revokeToken } from '../../../src/access/tokens.ts'
import { until } from '../../support/until.ts'
import { serveGraph } from '../served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
const { ask, sql } = served
await served.add.organization('acme')

const question = '{ organizations { slug } }'

test('tokens: a token is accepted until it is revoked', async () => {
  const token = await served.token({ name: 'short-lived' })
  expect(await ask(question, { token })).toEqual({ status: 200, body: { data: { organizations: [{ slug: 'acme' }] } } })
  expect(await revokeToken(sql, 'short-lived')).toBe(true)
  expect(await ask(question, { token })).toEqual({
    status: 401,
    body: { errors: [{ message: 'This token was revoked.', extensions: { code: 'UNAUTHENTICATED' } }] },
  })
  expect(await revokeToken(sql, 'short-lived')).toBe(false)
})

test('tokens: a token is accepted until it expires', async () => {
  const token = await served.token({ name: 'timed', expiresInSeconds: 3_600 })
  expect((await ask(question, { token })).status).toBe(200)
  await sql`update api_tokens set expires_at = clock_timestamp() where name = 'timed'`
  await until(async () => (await ask(question, { token })).status === 401)
  expect(await ask(question, { token })).toMatchObject({
    status: 401,
    body: { errors: [{ message: 'This token has expired.' }] },
  })
})

test('tokens: the database stores only a digest, which is not accepted as a token', async () => {
  const token = await served.token({ name: 'kept' })
  const rows = await sql`select * from api_tokens`
  expect(JSON.stringify(rows)).not.toContain(token)
  const [row] = rows.filter(({ name }) => name === 'kept')
  expect(row?.digest).toMatch(/^[0-9a-f]{64}$/)
  expect((await ask(question, { token: row?.digest })).status).toBe(401)
})

test('tokens: names of active tokens are unique, and a revoked token frees its name', async () => {
  await served.token({ name: 'again' })
  await expect(served.token({ name: 'again' })).rejects.toThrow('there already')
  await revokeToken(sql, 'again')
  await served.token({ name: 'again' })
  const states = (await listTokens(sql)).filter(({ name }) => name === 'again').map(({ state }) => state)
  expect(states).toEqual(['REVOKED', 'GOOD'])
})

test('audit: each refusal and each write is recorded', async () => {
  await sql`delete from audit_log`
  const reader = await served.token({ name: 'reader' })
  const gone = await served.token({ name: 'gone' })
  await revokeToken(sql, 'gone')
  await ask(question, { token: gone })
  await ask('mutation { resolveQuarantine(pull: "x", accept: true) { id } }', { token: reader })
  await ask('mutation { resolveQuarantine(pull: "x", accept: true) { id } }')
  await ask('mutation { startPull(organization: "nowhere") { id } }', { token: reader })
  await ask('mutation { refreshUser(input: { organization: "nowhere", primaryEmail: "a@b.example" }) { __typename } }')
  await ask(question, { token: reader })
  const rows = await sql`select kind, viewer, action, organization, outcome from audit_log order by id`
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['REFUSAL', 'gone', 'authenticate', null, 'REVOKED'],
    ['REFUSAL', 'reader', 'Mutation.resolveQuarantine', null, 'FORBIDDEN'],
    ['WRITE', 'admin', 'Mutation.resolveQuarantine', null, 'BAD_USER_INPUT'],
    ['WRITE', 'reader', 'Mutation.startPull', 'nowhere', 'BAD_USER_INPUT'],
    ['WRITE', 'admin', 'Mutation.refreshUser', 'nowhere', 'InvalidInput'],
  ])
})
