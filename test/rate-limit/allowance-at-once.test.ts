/** The maximum number of requests in progress, of which background work leaves one to interactive requests. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/db/database.ts'
import { AllowanceQueue } from '../../src/rate-limit/queue.ts'
import type { Refused, Taken, Wish } from '../../src/rate-limit/slots.ts'
import { openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { reusedDatabase } from '../support/database.ts'
import { background, interactive, pass, permanentStorageError, releaseAll, takeAll } from './allowance-slots.ts'

let database: Database & AsyncDisposable
let sql: Sql
beforeEach(async () => {
  database = await reusedDatabase()
  sql = database.sql
})
afterEach(() => database[Symbol.asyncDispose]())

test('allowance: background requests of all processes leave one of the requests in progress to interactive ones', async () => {
  await using other = closing(openDatabase(database.connection, { connections: 4 }))
  for (const [atOnce, given] of [
    [1, 1],
    [2, 1],
    [3, 2],
    [10, 9],
  ] as const) {
    const open = (each: Sql) => openAllowance(each, `of ${atOnce}`, 100, undefined, { atOnce })
    const [one, two] = await Promise.all([open(sql), open(other.sql)])
    const lists = (await Promise.all([one, two, one, two].map((each) => takeAll(each, background)))).flat()
    expect(lists).toHaveLength(given)
    const writes = (await Promise.all([one, two].map((each) => takeAll(each, interactive)))).flat()
    expect(writes).toHaveLength(atOnce - given)
    expect((await permanentStorageError(two.take(interactive))).limit).toBe('BUSY')

    // Background work does not take the request that an interactive one returns.
    await releaseAll(writes)
    expect((await permanentStorageError(two.take(background))).limit).toBe('BUSY')
    await releaseAll(lists)
    expect(await takeAll(two, background)).toHaveLength(given)
  }
})

test('allowance: interactive requests may be all requests in progress, and background work then waits', async () => {
  const allowance = await openAllowance(sql, 'key', 100, undefined, { atOnce: 2 })
  const [first, ...others] = await takeAll(allowance, interactive)
  expect(others).toHaveLength(1)
  expect((await permanentStorageError(allowance.take(background))).limit).toBe('BUSY')
  await first?.release()
  expect(await takeAll(allowance, background)).toHaveLength(1)
})

test('allowance: background requests of a killed process delay only background work until they are not extended any more', async () => {
  const allowance = await openAllowance(sql, 'key', 100, { windowMs: 60_000, leaseMs: 150_000 }, { atOnce: 2 })
  // Their process is killed: they are never released.
  expect(await takeAll(allowance, background)).toHaveLength(1)
  await pass(sql, 20)
  expect((await permanentStorageError(allowance.take(background))).limit).toBe('BUSY')
  await (await allowance.take(interactive)).release()
  await pass(sql, 10)
  expect(await takeAll(allowance, background)).toHaveLength(1)
})

test('allowance: an interactive request gets its slot while background requests of its process wait for theirs', async () => {
  let isBusy = true
  const busy: Refused = { bound: 'BUSY', limit: 2, waitMs: 3_600_000, retryAt: '2000-01-01T00:00:00.000000Z' }
  const slot: Taken = { slot: 0, token: 1, takenAt: '2000-01-01T00:00:00.000000Z' }
  const attempted = Promise.withResolvers<void>()
  const queue = new AllowanceQueue(
    {
      take({ priority }: Wish) {
        if (priority === 'interactive') return Promise.resolve(slot)
        attempted.resolve()
        return Promise.resolve(isBusy ? busy : slot)
      },
      free: () => Promise.resolve(''),
      hold: () => Promise.resolve(),
    },
    { pollMs: 5, jitterMs: 0, refusal: (_, { bound }) => new Error(bound) },
  )
  const patient = { maxWaitMs: Infinity, maxPauseMs: Infinity }
  const list = queue.take({ priority: 'background' }, patient, undefined)
  await attempted.promise
  for (const name of ['anna', 'ben', 'carla', 'dora', 'emil']) {
    const write = { priority: 'interactive', caller: { name, share: 1, maxWaiting: 10 } } as const
    expect(await queue.take(write, { maxWaitMs: 30_000, maxPauseMs: 0 }, undefined)).toBe(slot)
  }
  isBusy = false
  expect(await list).toBe(slot)
})

function closing(other: Database): Database & AsyncDisposable {
  return Object.assign(other, { [Symbol.asyncDispose]: () => other.close() })
}
