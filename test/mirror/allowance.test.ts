/** Promise 7: no more than the limit of a key in any 60 seconds. Time is moved by moving the slots: nobody waits a window here. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Allowance, AllowanceSpentError, openAllowance, type Slot } from '../../src/mirror/allowance.ts'
import { type Database, openDatabase, type Sql } from '../../src/mirror/database.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

let database: Database & AsyncDisposable
let sql: Sql
beforeEach(async () => {
  database = await testDatabase()
  sql = database.sql
})
afterEach(() => database[Symbol.asyncDispose]())

const interactive = { priority: 'interactive', maxWaitMs: 0 } as const
const background = { priority: 'background', maxWaitMs: 0 } as const

/** Takes at once until no more are given. */
async function takeAll(allowance: Allowance, options: Parameters<Allowance['take']>[0]): Promise<Slot[]> {
  const taken: Slot[] = []
  for (;;) {
    try {
      taken.push(await allowance.take(options))
    } catch (error) {
      if (error instanceof AllowanceSpentError) return taken
      throw error
    }
  }
}

/** Lets so many seconds pass, for the slots. */
async function pass(seconds: number): Promise<void> {
  await sql`update allowance_slots set free_at = free_at - ${seconds} * interval '1 second'`
  await sql`update allowances set paused_until = paused_until - ${seconds} * interval '1 second'`
}

async function slots() {
  const [row] = await sql<{ made: number; busy: number }[]>`
    select count(*)::int as made, (count(*) filter (where free_at > clock_timestamp()))::int as busy from allowance_slots`
  return row ?? { made: 0, busy: 0 }
}

test('processes that take at once get the limit together, each slot once, and it is free one window after the answer', async () => {
  const others = Array.from({ length: 3 }, () => openDatabase(database.connection, { connections: 4 }))
  const allowances = await Promise.all(
    [sql, ...others.map((other) => other.sql)].map((each) => openAllowance(each, 'key', 130)),
  )
  const taken = (
    await Promise.all(allowances.flatMap((one) => [takeAll(one, interactive), takeAll(one, interactive)]))
  ).flat()
  expect(taken).toHaveLength(130)
  expect(await slots()).toEqual({ made: 130, busy: 130 })

  // No answer yet: the slots are leased for longer than a request may last, and then the window.
  await pass(119)
  expect(await takeAll(allowances[0] as Allowance, interactive)).toHaveLength(0)
  await Promise.all(taken.map((slot) => slot.release()))
  await pass(59)
  expect(await takeAll(allowances[1] as Allowance, interactive)).toHaveLength(0)
  await pass(1)
  expect(await takeAll(allowances[2] as Allowance, interactive)).toHaveLength(130)
  await Promise.all(others.map((other) => other.close()))
})

test('work that nobody waits for leaves a tenth free, and one at least, but not the last', async () => {
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

test('slots become rows as they are needed, and somebody who waits never waits for their making', async () => {
  const allowance = await openAllowance(sql, 'key', 1_000)
  expect(await slots()).toEqual({ made: 0, busy: 0 })
  await allowance.take(interactive)
  expect(await slots()).toEqual({ made: 100, busy: 1 })
  const taken = await Promise.all(Array.from({ length: 450 }, () => allowance.take(interactive)))
  expect(taken).toHaveLength(450)
  expect(await slots()).toMatchObject({ busy: 451 })
  // The tenth that is kept free is of the whole limit, made or not.
  expect(await takeAll(allowance, background)).toHaveLength(900 - 451)
})

test('a holder that was killed loses its slot until the lease is over, and a late release of it changes nothing', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  const lost = await allowance.take(interactive)
  await expect(allowance.take(interactive)).rejects.toBeInstanceOf(AllowanceSpentError)
  await pass(120)
  const next = await allowance.take(interactive)
  const [before] = await sql`select free_at, token from allowance_slots`
  expect(await lost.release()).toMatch(/^\d{4}-\d\d-\d\dT/)
  expect(await sql`select free_at, token from allowance_slots`).toEqual([before])
  await next.release()
})

test('who cannot have a slot in time is told when there is one', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  const slot = await allowance.take(interactive)
  await slot.release()
  const [row] = await sql<{ free: Date }[]>`select free_at::text::timestamptz as free from allowance_slots`
  const error = await allowance.take({ priority: 'interactive', maxWaitMs: 30_000 }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(AllowanceSpentError)
  expect(new Date((error as AllowanceSpentError).retryAt).getTime()).toBe(new Date(row?.free ?? 0).getTime())
})

test('somebody who waits has the next slot for sure, and gives it back as it was where they give up', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  await (await allowance.take(interactive)).release()
  const [before] = await sql<{ free: string }[]>`select free_at as free from allowance_slots`
  const giveUp = new AbortController()
  const waiting = allowance.take({ priority: 'interactive', signal: giveUp.signal })
  await until(async () => {
    const [row] = await sql<{ token: number }[]>`select token from allowance_slots`
    return row?.token === 2
  })
  giveUp.abort()
  await expect(waiting).rejects.toThrow()
  // It was used a moment ago: free now, it would be used twice within a window.
  expect(await sql`select free_at as free from allowance_slots`).toEqual([before])
})

test('a pause holds back every slot, those too that are made or given back during it', async () => {
  const allowance = await openAllowance(sql, 'key', 200)
  const before = await allowance.take(interactive)
  await allowance.pause(90_000)
  expect(await takeAll(allowance, interactive)).toHaveLength(0)
  await before.release()
  await pass(89)
  expect(await takeAll(allowance, interactive)).toHaveLength(0)
  await pass(1)
  expect(await takeAll(allowance, interactive)).toHaveLength(200)
})

test('a shorter pause does not end a longer one', async () => {
  const allowance = await openAllowance(sql, 'key', 10)
  await allowance.pause(60_000)
  await allowance.pause(1_000)
  await pass(59)
  expect(await takeAll(allowance, interactive)).toHaveLength(0)
})

test('who waits for a slot waits longer where a pause begins meanwhile', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  await (await allowance.take(interactive)).release()
  await pass(59.9)
  const giveUp = new AbortController()
  const waiting = allowance.take({ priority: 'interactive', signal: giveUp.signal })
  let given = false
  const watched = waiting.then(() => {
    given = true
  })
  await until(async () => (await sql`select from allowance_slots where token = 2`).length > 0)
  const [row] = await sql<{ over: string }[]>`select free_at - interval '119 seconds' as over from allowance_slots`
  await allowance.pause(3_600_000)
  // A second after its slot would have been free it is not given out.
  await until(async () => given || (await sql`select where clock_timestamp() > ${row?.over ?? null}`).length > 0)
  expect(given).toBe(false)
  giveUp.abort()
  await expect(watched).rejects.toThrow()
})

test('a lowered limit is heeded at once, and raising it again gives no slot twice', async () => {
  const before = await openAllowance(sql, 'key', 100)
  const taken = await takeAll(before, interactive)
  await Promise.all(taken.map((slot) => slot.release()))
  const lowered = await openAllowance(sql, 'key', 10)
  expect(await takeAll(lowered, interactive)).toHaveLength(0)
  await pass(60)
  expect(await takeAll(lowered, interactive)).toHaveLength(10)
  const raised = await openAllowance(sql, 'key', 100)
  expect(await takeAll(raised, interactive)).toHaveLength(90)
  await openAllowance(sql, 'key', 10)
  const again = await openAllowance(sql, 'key', 100)
  expect(await takeAll(again, interactive)).toHaveLength(0)
})

test('keys do not draw on each other', async () => {
  const [one, two] = await Promise.all([openAllowance(sql, 'one', 3), openAllowance(sql, 'two', 4)])
  expect(await takeAll(one, interactive)).toHaveLength(3)
  expect(await takeAll(two, interactive)).toHaveLength(4)
})
