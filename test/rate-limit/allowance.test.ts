/**
 * Promise 6: at most the key's limit in any 60 seconds. The tests move the slots' times instead of waiting for a
 * window.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/db/database.ts'
import { type Allowance, AllowanceSpentError, openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { reusedDatabase, testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { background, interactive, pass, permanentStorageError, releaseAll, slots, takeAll } from './allowance-slots.ts'

let database: Database & AsyncDisposable
let sql: Sql
beforeEach(async () => {
  database = await reusedDatabase()
  sql = database.sql
})
afterEach(() => database[Symbol.asyncDispose]())

test('allowance: concurrent processes share the limit, and a slot is free one window after the response', async () => {
  const others = Array.from({ length: 3 }, () => openDatabase(database.connection, { connections: 4 }))
  const allowances = await Promise.all(
    [sql, ...others.map((other) => other.sql)].map((each) => openAllowance(each, 'key', 130)),
  )
  const taken = (
    await Promise.all(allowances.flatMap((one) => [takeAll(one, interactive), takeAll(one, interactive)]))
  ).flat()
  expect(taken).toHaveLength(130)
  expect(await slots(sql)).toEqual({ made: 130, busy: 130 })

  // There is no response yet. A slot is leased for longer than a request may last, plus the window.
  await pass(sql, 90)
  expect(await takeAll(allowances[0] as Allowance, interactive)).toHaveLength(0)
  await releaseAll(taken)
  await pass(sql, 30)
  expect(await takeAll(allowances[1] as Allowance, interactive)).toHaveLength(0)
  await pass(sql, 30)
  expect(await takeAll(allowances[2] as Allowance, interactive)).toHaveLength(130)
  await Promise.all(others.map((other) => other.close()))
})

test('allowance: rows for slots are created as they are needed', async () => {
  const allowance = await openAllowance(sql, 'key', 1_000)
  expect(await slots(sql)).toEqual({ made: 0, busy: 0 })
  await allowance.take(interactive)
  expect(await slots(sql)).toEqual({ made: 1, busy: 1 })
  const taken = await Promise.all(Array.from({ length: 450 }, () => allowance.take(interactive)))
  expect(taken).toHaveLength(450)
  expect(await slots(sql)).toEqual({ made: 451, busy: 451 })
  // The tenth that is reserved is a tenth of the whole limit.
  expect(await takeAll(allowance, background)).toHaveLength(900 - 451)
})

test('allowance: the slot of a killed holder is free after the lease, and a late release changes nothing', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  const lost = await allowance.take(interactive)
  await expect(allowance.take(interactive)).rejects.toBeInstanceOf(AllowanceSpentError)
  await pass(sql, 120)
  const next = await allowance.take(interactive)
  const [before] = await sql`select free_at, token from allowance_slots`
  expect(await lost.release()).toMatch(/^\d{4}-\d\d-\d\dT/)
  expect(await sql`select free_at, token from allowance_slots`).toEqual([before])
  await next.release()
})

test('allowance: a request that cannot get a slot in time is rejected with the time of the next free slot', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  const slot = await allowance.take(interactive)
  await slot.release()
  const [row] = await sql<{ free: Date }[]>`select free_at::text::timestamptz as free from allowance_slots`
  const error = await permanentStorageError(allowance.take({ priority: 'interactive', maxWaitMs: 30_000 }))
  expect(error).toBeInstanceOf(AllowanceSpentError)
  expect(error.message).toMatch(/^The allowance \(1 requests in 60 s\) is used up until 2/)
  expect(new Date(error.retryAt).getTime()).toBe(new Date(row?.free ?? 0).getTime())
})

test('allowance: a request that gives up waiting leaves the slots unchanged', async () => {
  const allowance = await openAllowance(sql, 'key', 1)
  await (await allowance.take(interactive)).release()
  const before = await sql`select free_at, token from allowance_slots`
  const giveUp = new AbortController()
  const waiting = allowance.take({ priority: 'background', signal: giveUp.signal })
  await until(async () => (await sql`select from allowance_waits where priority = 'BACKGROUND'`).length > 0)
  giveUp.abort()
  await expect(waiting).rejects.toThrow()
  expect(await sql`select free_at, token from allowance_slots`).toEqual(before)
})

test('allowance: a pause blocks every slot, including those that are released during the pause', async () => {
  const allowance = await openAllowance(sql, 'key', 200)
  const before = await allowance.take(interactive)
  await allowance.pause(90_000)
  expect(await takeAll(allowance, interactive)).toHaveLength(0)
  expect(await permanentStorageError(allowance.take(interactive))).toMatchObject({ limit: 'PAUSED' })
  await before.release()
  await pass(sql, 60)
  expect(await takeAll(allowance, interactive)).toHaveLength(0)
  await pass(sql, 30)
  expect(await takeAll(allowance, interactive)).toHaveLength(200)
})

test('allowance: a shorter pause does not end a longer one', async () => {
  const allowance = await openAllowance(sql, 'key', 10)
  await allowance.pause(60_000)
  await allowance.pause(1_000)
  await pass(sql, 30)
  expect(await takeAll(allowance, interactive)).toHaveLength(0)
})

test('allowance: a waiting request keeps waiting if a pause begins', async () => {
  // With a short window, the waiting request tries often.
  const allowance = await openAllowance(sql, 'key', 1, { windowMs: 1_000, leaseMs: 60_000 })
  await (await allowance.take(interactive)).release()
  await sql`update allowance_slots set free_at = clock_timestamp() + interval '1 hour'`
  const giveUp = new AbortController()
  const waiting = allowance.take({ priority: 'background', signal: giveUp.signal })
  let given = false
  const watched = waiting.then(() => {
    given = true
  })
  const lastAttempt = async () => {
    const [row] = await sql<{ until: string }[]>`select until from allowance_waits where priority = 'BACKGROUND'`
    return row?.until
  }
  await until(lastAttempt)
  await allowance.pause(3_600_000)
  await sql`update allowance_slots set free_at = '-infinity'`
  const before = await lastAttempt()
  // A later attempt found the slot free, and was still rejected because of the pause.
  await until(async () => given || (await lastAttempt()) !== before)
  expect(given).toBe(false)
  giveUp.abort()
  await expect(watched).rejects.toThrow()
})

test('allowance: a lowered limit counts the requests of the window, whatever slots they have', async () => {
  const before = await openAllowance(sql, 'key', 100)
  await releaseAll(await Promise.all(Array.from({ length: 40 }, () => before.take(interactive))))
  await pass(sql, 60)
  await sql`update allowance_slots set free_at = clock_timestamp() + interval '1 minute', slot = slot + 60`
  await sql`insert into allowance_slots (key, slot) select 'key', generate_series(0, 59)`
  const lowered = await openAllowance(sql, 'key', 40)
  expect(await takeAll(lowered, interactive)).toHaveLength(0)
  // The older process obeys the lower limit, too.
  expect(await takeAll(before, interactive)).toHaveLength(0)
  await pass(sql, 60)
  expect(await takeAll(lowered, interactive)).toHaveLength(40)
})

test('allowance: the lowest limit of the sending processes applies to all of them', async () => {
  const high = await openAllowance(sql, 'key', 100)
  const low = await openAllowance(sql, 'key', 10)
  // Like a process that restarts with the old configuration.
  const highAgain = await openAllowance(sql, 'key', 100)
  expect(await takeAll(highAgain, interactive)).toHaveLength(10)
  await pass(sql, 60)
  await pass(sql, 60)
  const [taken] = await Promise.all([low.take(interactive)])
  expect(await takeAll(high, interactive)).toHaveLength(9)
  await taken?.release()
})

test('allowance: a process with the lower limit gets its turn beside busy processes with a higher one', async () => {
  const low = await openAllowance(sql, 'key', 10)
  const high = await openAllowance(sql, 'key', 100)
  await pass(sql, 60)
  await releaseAll(await takeAll(high, interactive))
  expect(await takeAll(low, interactive)).toHaveLength(0)
  // Half of the slots are free, but the process with the lower limit waits.
  await sql`update allowance_slots set free_at = '-infinity' where slot < 50`
  expect(await takeAll(high, interactive)).toHaveLength(0)
})

test('allowance: a raised limit applies one window after the last request under the lower limit', async () => {
  const low = await openAllowance(sql, 'key', 10)
  const taken = await takeAll(low, interactive)
  expect(taken).toHaveLength(10)
  const raised = await openAllowance(sql, 'key', 100)
  expect(await takeAll(raised, interactive)).toHaveLength(0)
  await releaseAll(taken)
  await pass(sql, 60)
  expect(await takeAll(raised, interactive)).toHaveLength(100)
  const [row] = await sql`select requests_per_window as limit from allowances`
  expect(row).toEqual({ limit: 100 })
})

test('allowance: keys have separate allowances', async () => {
  const [one, two] = await Promise.all([openAllowance(sql, 'one', 3), openAllowance(sql, 'two', 4)])
  expect(await takeAll(one, interactive)).toHaveLength(3)
  expect(await takeAll(two, interactive)).toHaveLength(4)
})

test('allowance: taking and releasing a slot are one statement each', async () => {
  const statements: string[] = []
  await using logged = await testDatabase({ onStatement: (statement) => statements.push(statement) })
  const allowance = await openAllowance(logged.sql, 'key', 10)
  statements.length = 0
  await (await allowance.take(interactive)).release()
  expect(statements).toHaveLength(2)
})
