/** Failed authentications over HTTP: their cost, and that they do not affect other clients. */
import pino from 'pino'
import { afterAll, expect, test } from 'vitest'
import { openTokenDirectory, TokensUnavailable } from '../../../src/access/token-directory.ts'
import { revokeToken } from '../../../src/access/tokens.ts'
import { openFailureLimit } from '../../../src/server/auth/failure-limit.ts'
import { serveGraph } from '../served-graph.ts'

const lines: Record<string, unknown>[] = []
const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
const served = await serveGraph({ authFailuresPerMinute: 5, trustedProxies: 1, logger })
afterAll(() => served[Symbol.asyncDispose]())
await served.add.organization('acme')
const question = '{ organizations { slug } }'
const ask = (token: string, client?: string) =>
  served.ask(question, { token, headers: client === undefined ? {} : { 'x-forwarded-for': client } })
const flood = (count: number, client: string) =>
  Promise.all(Array.from({ length: count }, () => ask(`egt_${crypto.randomUUID()}`, client)))

test('authentication: unknown tokens get status 401 and share statements, below and above the limit', async () => {
  const before = served.statements.length
  for (let round = 0; round < 4; round += 1) {
    const answers = await flood(100, '198.51.100.1')
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  }
  // One read per round, and the background reads.
  expect(served.statements.length - before).toBeLessThan(40)
})

test('authentication: a valid token, even a new one, is accepted from an address over its limit', async () => {
  const known = await served.token({ name: 'known' })
  const client = '198.51.100.2'
  expect((await ask(known, client)).status).toBe(200)
  const flooding = flood(200, client)
  expect((await ask(known, client)).status).toBe(200)
  const fresh = await served.token({ name: 'fresh' })
  expect((await ask(fresh, client)).status).toBe(200)
  await flooding
  expect((await ask(fresh, client)).status).toBe(200)
})

test('authentication: rejections over the limit of a network are not logged individually', async () => {
  lines.length = 0
  await flood(50, '2001:db8:1:2::1')
  // Another address of the same network.
  await flood(50, '[2001:db8:1:2::2]:4711')
  const refused = lines.filter(({ msg }) => msg === 'a token was refused')
  expect(refused).toHaveLength(5)
  expect(new Set(refused.map(({ client }) => client))).toEqual(new Set(['2001:db8:1:2::/64']))
  expect(lines.filter(({ msg }) => String(msg).startsWith('a client fails'))).toHaveLength(1)
  await flood(1, '2001:db8:1:3::1')
  expect(lines.filter(({ msg }) => msg === 'a token was refused')).toHaveLength(6)
})

test('authentication: repeated use of a revoked token is recorded once per minute in the audit log', async () => {
  const gone = await served.token({ name: 'gone' })
  await revokeToken(served.sql, 'gone')
  for (let i = 0; i < 20; i += 1) expect((await ask(gone, '198.51.100.3')).status).toBe(401)
  const rows = await served.sql`select outcome, at from audit_log where viewer = 'gone'`
  expect(rows.length).toBe(new Set(rows.map(({ at }) => String(at).slice(0, 16))).size)
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['REVOKED']))
})

test('authentication: tokens get status 503, not 401, while the database is unavailable', async () => {
  const token = await served.token({ name: 'stranded' })
  const away = await serveGraph({ beside: served })
  await using _away = away
  await away.database.close()
  const question = { query: '{ __typename }' }
  for (const bearer of [token, 'egt_unknown']) {
    const answer = await away.ask(question.query, { token: bearer })
    expect([answer.status, answer.body.errors?.[0]?.extensions.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  }
  const directory = openTokenDirectory(served.sql, pino({ level: 'silent' }))
  expect(await directory.find(token)).toMatchObject({ state: 'GOOD' })
})

test('authentication: a cancelled statement gives status 503, not an internal error', async () => {
  const cancelled = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' })
  const away = await serveGraph({
    beside: served,
    authenticate: async () => {
      throw new TokensUnavailable({ cause: cancelled })
    },
  })
  await using _away = away
  expect((await away.ask('{ __typename }', { token: 'egt_any' })).status).toBe(503)
})

test('failure limit: failures are counted per address and minute, in bounded memory', () => {
  const clock = { now: 0 }
  const limit = openFailureLimit(2, () => clock.now, 3)
  limit.record('a')
  expect(limit.isBeyond('a')).toBe(false)
  expect(limit.record('a')).toBe(2)
  expect([limit.isBeyond('a'), limit.isBeyond('b')]).toEqual([true, false])
  clock.now += 60_000
  expect(limit.isBeyond('a')).toBe(false)
  for (const address of ['a', 'a', 'b', 'c', 'd']) limit.record(address)
  expect(limit.isBeyond('a')).toBe(false)
})
