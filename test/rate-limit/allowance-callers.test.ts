/** How background work, interactive work and the callers share an allowance. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/db/database.ts'
import { openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { reusedDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { background, interactive, pass, permanentStorageError, releaseAll, takeAll } from './allowance-slots.ts'

let database: Database & AsyncDisposable
let sql: Sql
beforeEach(async () => {
  database = await reusedDatabase()
  sql = database.sql
})
afterEach(() => database[Symbol.asyncDispose]())

const of = (name: string, share = 1 / 4, maxWaiting = 10) =>
  ({ priority: 'interactive', maxWaitMs: 0, caller: { name, share, maxWaiting } }) as const

test('allowance: background work leaves a tenth of the slots free, at least one, but may take the last slot of a limit of 1', async () => {
  for (const [limit, given] of [
    [100, 90],
    [250, 225],
    [5, 4],
    [2, 1],
    [1, 1],
  ] as const) {
    const allowance = await openAllowance(sql, `of ${limit}`, limit)
    expect(await takeAll(allowance, background)).toHaveLength(given)
    expect(await takeAll(allowance, interactive)).toHaveLength(limit - given)
  }
})

test('allowance: interactive work leaves a quarter to waiting background work, and otherwise takes all slots', async () => {
  for (const [limit, left] of [
    [100, 25],
    [10, 3],
    [4, 1],
    [2, 1],
  ] as const) {
    const allowance = await openAllowance(sql, `of ${limit}`, limit)
    const first = await takeAll(allowance, interactive)
    expect(first).toHaveLength(limit)
    expect((await permanentStorageError(allowance.take(background))).limit).toBe('LIMIT')
    await releaseAll(first)
    await sql`update allowance_slots set free_at = '-infinity'`
    expect(await takeAll(allowance, interactive)).toHaveLength(limit - left)
    const refused = await permanentStorageError(allowance.take(interactive))
    expect(refused.message).toMatch(
      new RegExp(
        `^The share of interactive requests \\(${limit - left} of ${limit} requests in 60 s\\) is used up until 2`,
      ),
    )
    expect(await takeAll(allowance, background)).toHaveLength(left)
  }
})

test('allowance: one caller gets at most a quarter of the interactive slots, and the other callers get theirs', async () => {
  const allowance = await openAllowance(sql, 'key', 100)
  expect(await takeAll(allowance, of('greedy'))).toHaveLength(18)
  const refused = await permanentStorageError(allowance.take(of('greedy')))
  expect(refused).toMatchObject({ limit: 'CALLER', retryAt: expect.stringMatching(/^2\d{3}-.*Z$/) })
  expect(refused.message).toMatch(
    /^The caller's share of the allowance \(18 of 100 requests in 60 s\) is used up until 2/,
  )
  // A larger share, such as that of writes, counts the same slots.
  expect(await takeAll(allowance, of('greedy', 3 / 4))).toHaveLength(56 - 18)
  expect(await takeAll(allowance, of('modest'))).toHaveLength(18)
})

test('allowance: the share of a caller holds across all concurrent processes', async () => {
  const others = Array.from({ length: 2 }, () => openDatabase(database.connection, { connections: 4 }))
  const allowances = await Promise.all(
    [sql, ...others.map((other) => other.sql)].map((each) => openAllowance(each, 'key', 200)),
  )
  const taken = await Promise.all(allowances.flatMap((one) => [takeAll(one, of('greedy')), takeAll(one, of('greedy'))]))
  expect(taken.flat()).toHaveLength(37)
  await Promise.all(others.map((other) => other.close()))
})

test('allowance: a caller has a maximum of waiting requests, and the next one is rejected with the name of that limit', async () => {
  const allowance = await openAllowance(sql, 'key', 4)
  await releaseAll(await takeAll(allowance, interactive))
  const leave = new AbortController()
  const waiting = Array.from({ length: 3 }, () =>
    allowance.take({ ...of('greedy', 1, 3), maxWaitMs: 90_000, signal: leave.signal }).catch(() => 'left'),
  )
  const refused = await permanentStorageError(allowance.take({ ...of('greedy', 1, 3), maxWaitMs: 90_000 }))
  expect(refused.limit).toBe('WAITING')
  expect(refused.message).toMatch(/^The caller already has the maximum of 3 waiting requests, .* until 2\d{3}-.*Z$/)
  leave.abort()
  expect(await Promise.all(waiting)).toEqual(['left', 'left', 'left'])
})

test('allowance: waiting callers take turns, however many requests each has waiting', async () => {
  const allowance = await openAllowance(sql, 'key', 40)
  await releaseAll(await takeAll(allowance, interactive))
  const order: string[] = []
  const ask = (name: string) =>
    allowance.take({ ...of(name, 1, 50), maxWaitMs: 90_000 }).then(() => {
      order.push(name)
    })
  const all = [...Array.from({ length: 20 }, () => ask('many')), ask('few'), ask('few')]
  await until(async () => (await sql`select from allowance_waits where priority = 'INTERACTIVE'`).length > 0)
  await pass(sql, 60)
  await Promise.all(all)
  expect(order.slice(0, 6).filter((name) => name === 'few')).toHaveLength(2)
})
