/** The in-memory token directory, with a test clock and a real Postgres. */
import { setImmediate as turn } from 'node:timers/promises'
import pino from 'pino'
import { afterAll, expect, test } from 'vitest'
import { openTokenDirectory, TokensUnavailable } from '../../../src/access/token-directory.ts'
import { createToken, mostDirectoryAgeMs, revokeToken, rotateToken } from '../../../src/access/tokens.ts'
import type { Sql } from '../../../src/db/database.ts'
import { testDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

const statements: string[] = []
const database = await testDatabase({ onStatement: (statement) => void statements.push(statement) })
afterAll(() => database[Symbol.asyncDispose]())
const { sql } = database

const make = async (name: string, expiresInSeconds: number | null = null) =>
  (await createToken(sql, { name, scopes: ['read'], organizations: null, expiresInSeconds })) ?? ''

/** A directory whose pauses end when the test clock passes them. */
function opened(over: Sql = sql) {
  const clock = { now: 0 }
  const paused = new Set<{ until: number; end: () => void }>()
  const lines: Record<string, unknown>[] = []
  const directory = openTokenDirectory(over, pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }), {
    now: () => clock.now,
    pause: (ms) => new Promise<void>((end) => paused.add({ until: clock.now + ms, end })),
  })
  return {
    ...directory,
    lines,
    paused,
    advance(ms: number) {
      clock.now += ms
      for (const pause of paused) {
        if (pause.until > clock.now) continue
        paused.delete(pause)
        pause.end()
      }
    },
  }
}

const readings = () => statements.filter((statement) => statement.includes('token_generation')).length

test('token directory: repeated requests with one token take no further statements', async () => {
  const token = await make('steady')
  const directory = opened()
  expect(await directory.find(token)).toMatchObject({ name: 'steady', state: 'GOOD' })
  const before = readings()
  for (let i = 0; i < 1_000; i += 1) expect(await directory.find(token)).toMatchObject({ state: 'GOOD' })
  expect(readings() - before).toBe(0)
})

test('token directory: no token is accepted from a snapshot older than 0.8 s', async () => {
  const token = await make('ageing')
  const directory = opened()
  await directory.find(token)
  await sql`update api_tokens set revoked_at = clock_timestamp() where name = 'ageing'`
  directory.advance(mostDirectoryAgeMs + 1)
  expect(await directory.find(token)).toMatchObject({ state: 'REVOKED' })
})

test('token directory: the age of a snapshot counts from its request, not from its response', async () => {
  const token = await make('slow')
  const gate = Promise.withResolvers<void>()
  let isHeld = false
  const held = heldBack(async () => (isHeld ? await gate.promise : undefined))
  const directory = opened(held)
  await directory.find(token)
  isHeld = true
  directory.advance(mostDirectoryAgeMs + 1)
  const answer = directory.find(token)
  await turn()
  isHeld = false
  // The token is revoked after the statement was sent. The result, with the token still valid, arrives 0.9 s later.
  await sql`update api_tokens set revoked_at = clock_timestamp() where name = 'slow'`
  directory.advance(900)
  gate.resolve()
  expect(await answer).toMatchObject({ state: 'REVOKED' })
})

test('token directory: unknown tokens share reads, and a new token is accepted immediately', async () => {
  const directory = opened()
  await directory.find(await make('first'))
  const fresh = await make('fresh')
  const before = readings()
  directory.advance(100)
  const many = Array.from({ length: 500 }, (_, i) => directory.find(`egt_unknown-${i}`))
  expect(await directory.find(fresh)).toMatchObject({ name: 'fresh', state: 'GOOD' })
  expect(new Set(await Promise.all(many))).toEqual(new Set([undefined]))
  expect(readings() - before).toBeLessThanOrEqual(2)
  const after = readings()
  for (let i = 0; i < 500; i += 1) expect(await directory.find('egt_unknown-1')).toBeUndefined()
  expect(readings()).toBe(after)
})

test('token directory: unknown tokens of a client over its limit wait for the background read', async () => {
  const directory = opened()
  await directory.find(await make('calm'))
  const before = readings()
  const fresh = await make('admitted all the same')
  directory.advance(100)
  const waiting = [directory.find('egt_flood', { beyondLimit: true }), directory.find(fresh, { beyondLimit: true })]
  await turn()
  expect(readings()).toBe(before)
  directory.advance(300)
  const [unknown, admitted] = await Promise.all(waiting)
  expect([unknown, admitted?.state]).toEqual([undefined, 'GOOD'])
  expect(readings()).toBe(before + 1)
})

test('token directory: if Postgres fails, tokens are valid for 0.8 s, and then no token is rejected', async () => {
  const token = await make('away')
  let isAway = false
  const directory = opened(
    heldBack(async () => {
      if (isAway) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
    }),
  )
  await directory.find(token)
  isAway = true
  directory.advance(mostDirectoryAgeMs - 100)
  expect(await directory.find(token)).toMatchObject({ state: 'GOOD' })
  directory.advance(200)
  await expect(directory.find(token)).rejects.toThrow(TokensUnavailable)
  directory.advance(200)
  await expect(directory.find('egt_unknown')).rejects.toThrow(TokensUnavailable)
  isAway = false
  directory.advance(200)
  expect(await directory.find(token)).toMatchObject({ state: 'GOOD' })
})

test('token directory: one lost connection refuses no caller, and a second one in a row does', async () => {
  const token = await make('lost')
  let losses = 1
  const directory = opened(
    heldBack(async () => {
      losses -= 1
      if (losses >= 0) throw Object.assign(new Error('terminated'), { code: '57P01' })
    }),
  )
  const callers = [token, 'egt_unknown', token].map((one) => directory.find(one))
  expect((await Promise.all(callers)).map((one) => one?.state)).toEqual(['GOOD', undefined, 'GOOD'])
  losses = 2
  directory.advance(mostDirectoryAgeMs + 1)
  await expect(directory.find(token)).rejects.toThrow(TokensUnavailable)
})

test('token directory: a lookup times out if Postgres does not respond, and the next lookup reads again', async () => {
  const token = await make('frozen')
  let isFrozen = true
  const directory = opened(heldBack(async () => (isFrozen ? await new Promise<void>(() => {}) : undefined)))
  const answer = directory.find(token)
  answer.catch(() => {})
  await turn()
  directory.advance(5_001)
  await expect(answer).rejects.toThrow(TokensUnavailable)
  isFrozen = false
  expect(await directory.find(token)).toMatchObject({ state: 'GOOD' })
})

test('token directory: a token expires at its time, even between two reads', async () => {
  const token = await make('expiring')
  const directory = opened()
  await until(async () => {
    await sql`update api_tokens set expires_at = clock_timestamp() + interval '700 ms' where name = 'expiring'`
    directory.advance(mostDirectoryAgeMs + 1)
    return (await directory.find(token))?.state === 'GOOD'
  })
  directory.advance(750)
  expect(await directory.find(token)).toMatchObject({ state: 'EXPIRED' })
})

test('token directory: the day of last use is written once and does not reload the tokens', async () => {
  const token = await make('used')
  const directory = opened()
  for (let i = 0; i < 100; i += 1) await directory.find(token)
  const lastUsed = () =>
    sql<{ on: string | null }[]>`select last_used_on::text as on from api_tokens where name = 'used'`
  await until(async () => (await lastUsed())[0]?.on !== null)
  directory.advance(mostDirectoryAgeMs + 1)
  await directory.find(token)
  await turn()
  expect(statements.filter((statement) => statement.includes('set last_used_on')).length).toBe(
    new Set(await sql`select id from api_tokens where last_used_on is not null`).size,
  )
})

test('token directory: a token that expires within 14 days is logged once a day, unless it was rotated', async () => {
  await make('ends soon', 13 * 86_400)
  await make('ends later', 15 * 86_400)
  await make('is rotated', 13 * 86_400)
  await rotateToken(sql, 'is rotated', { overlapSeconds: 3_600, expiresInSeconds: 90 * 86_400 })
  const directory = opened()
  await directory.refresh()
  directory.advance(mostDirectoryAgeMs + 1)
  await make('moves the generation')
  await directory.refresh()
  const warned = directory.lines.filter(({ msg }) => String(msg).startsWith('a token expires soon'))
  expect(warned.filter(({ token }) => String(token).startsWith('ends') || token === 'is rotated')).toMatchObject([
    { token: 'ends soon', level: 40 },
  ])
})

test('token revoke: it returns when no process can accept the token any more', async () => {
  const token = await make('ended')
  const directories = [1, 2].map(() => openTokenDirectory(sql, pino({ level: 'silent' })))
  for (const one of directories) expect(await one.find(token)).toMatchObject({ state: 'GOOD' })
  const startedAt = performance.now()
  expect(await revokeToken(sql, 'ended')).toBe(true)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(mostDirectoryAgeMs)
  for (const one of directories) expect(await one.find(token)).toMatchObject({ state: 'REVOKED' })
})

/** The same database, but each tagged statement also waits for `hold`, which is called when the statement is sent. */
function heldBack(hold: () => Promise<void>): Sql {
  return new Proxy(sql, {
    apply(target, _this, args: Parameters<Sql>) {
      const held = hold()
      return Promise.all([Reflect.apply(target, undefined, args), held]).then(([rows]) => rows)
    },
  })
}

test('token directory: while reads fail at once, one failed read refuses all callers that wait', async () => {
  let reads = 0
  const refusing = (() => {
    reads += 1
    return Promise.reject(new Error('The database cannot be reached'))
  }) as unknown as Sql
  let now = 0
  const paused: (() => void)[] = []
  const directory = openTokenDirectory(refusing, pino({ level: 'silent' }), {
    now: () => now,
    // The time limit of a read is longer than the test.
    pause: (ms) => new Promise<void>((end) => ms < 1_000 && paused.push(end)),
  })
  await expect(directory.find('egt_one')).rejects.toThrow(TokensUnavailable)
  now += 1
  const outcomes = Promise.allSettled(Array.from({ length: 100 }, (_, i) => directory.find(`egt_${i}`)))
  await until(() => paused.length === 100)
  now += 50
  // Timers end one after the other, and a read that fails at once has failed before the next one ends.
  for (const end of paused) {
    end()
    await turn()
  }
  for (const { status } of await outcomes) expect(status).toBe('rejected')
  expect(reads).toBe(2)
})
