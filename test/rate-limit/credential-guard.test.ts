/** The vendor may lock an account after requests with a wrong password: it sees two of them at most. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/db/database.ts'
import { type CredentialGuard, refusedAreaUntil, type Slot } from '../../src/rate-limit/credential-guard.ts'
import {
  type Allowance,
  AllowanceSpentError,
  openAllowance,
  readRefusal,
} from '../../src/rate-limit/vendor-allowance.ts'
import { reusedDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { background, interactive, pass, permanentStorageError, takeAll } from './allowance-slots.ts'

let database: Database & AsyncDisposable
let sql: Sql
let other: Database
beforeEach(async () => {
  database = await reusedDatabase()
  sql = database.sql
  other = openDatabase(database.connection, { connections: 2 })
})
afterEach(async () => {
  await other.close()
  await database[Symbol.asyncDispose]()
})

type Guarded = Allowance & { readonly guard: CredentialGuard }
const open = async (by: Sql = sql, credential = 'password', holdMs = 30_000) =>
  (await openAllowance(by, 'key', 100_000, undefined, { atOnce: 4, credential, holdMs })) as Guarded
const limitOf = async (taking: Promise<Slot>) => (await permanentStorageError(taking)).limit
const verifying = { ...interactive, verifies: true }
const area = 'a.example'

test('guard: two requests may be refused at once, one of them a background one, and four are sent once later ones are accepted', async () => {
  const [one, two] = [await open(), await open(other.sql)]
  const list = await one.take(background)
  expect(await limitOf(two.take(background))).toBe('BUSY')
  const read = await two.take(interactive)
  expect(await limitOf(one.take(interactive))).toBe('BUSY')

  // The earlier one proves nothing about the later one.
  await one.guard.accept(list)
  expect(await takeAll(two, background)).toHaveLength(1)
  expect(await limitOf(one.take(interactive))).toBe('BUSY')

  await two.guard.accept(read)
  const [write] = await takeAll(two, interactive)
  expect(write).toBeDefined()
  await two.guard.accept(write as Slot)
  await (write as Slot).release()
  expect(await takeAll(one, background)).toHaveLength(1)
  expect(await takeAll(one, background)).toHaveLength(0)
  expect([...(await takeAll(one, interactive)), ...(await takeAll(two, interactive))]).toHaveLength(0)
})

test('guard: what the vendor accepts with other credentials proves nothing', async () => {
  const former = await open()
  await former.guard.accept(await former.take(interactive))
  const present = await open(other.sql, 'another password')
  expect(await takeAll(present, interactive)).toHaveLength(1)
  await former.guard.accept({ ...(await takeAll(former, interactive))[0], token: 1_000 } as Slot)
  expect(await takeAll(present, interactive)).toHaveLength(0)
})

test('guard: a refused request about an area lets all others wait until another one is accepted, and stops that area alone', async () => {
  const [one, two] = [await open(), await open(other.sql)]
  const [list, read] = [await one.take({ ...background, area }), await two.take(interactive)]
  expect(await one.guard.refuse(list, area)).toBe('DOUBTED')
  await list.release()
  expect(await limitOf(two.take(background))).toBe('BUSY')
  // The request in progress might be refused, too: a third one is not sent.
  expect(await limitOf(one.take(verifying))).toBe('BUSY')
  await read.release()
  const verification = await one.take(verifying)
  expect(await limitOf(two.take(interactive))).toBe('BUSY')
  await one.guard.accept(verification)
  await one.guard.settle(area, true)
  await verification.release()

  const refused = await permanentStorageError(two.take({ ...interactive, area }))
  expect(refused.limit).toBe('REFUSED')
  expect(refused.message).toMatch(/for this organization, but accepts them otherwise/)
  await (await two.take({ ...background, area: 'b.example' })).release()
  expect(await readRefusal(sql, 'key', 'password')).toBeUndefined()
  // Another password may be accepted for it.
  await (await (await open(sql, 'another password')).take({ ...background, area })).release()
})

test('guard: a refused request about an area needs no other request if a later one was accepted', async () => {
  const allowance = await open()
  const list = await allowance.take({ ...background, area })
  const read = await allowance.take(interactive)
  await allowance.guard.accept(read)
  expect(await allowance.guard.refuse(list, area)).toBe('AREA')
  await list.release()
  expect(await refusedAreaUntil(sql, 'key', area, 'password')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  await (await allowance.take(background)).release()
})

test('guard: a doubt ends as a refusal if the credentials are refused again, or if nobody settles it', async () => {
  const refusing = async (allowance: Guarded, end: (slot: Slot) => Promise<unknown>) => {
    const list = await allowance.take({ ...background, area })
    expect(await allowance.guard.refuse(list, area)).toBe('DOUBTED')
    await list.release()
    const verification = await allowance.take(verifying)
    await end(verification)
    await verification.release()
    expect(await limitOf(allowance.take(interactive))).toBe('REFUSED')
    expect(await limitOf(allowance.take(verifying))).toBe('REFUSED')
    await sql`update allowances set refused_until = clock_timestamp(), doubted_until = null`
  }
  const allowance = await open()
  await refusing(allowance, async (slot) => expect(await allowance.guard.refuse(slot, undefined)).toBe('REFUSED'))
  await refusing(allowance, () => allowance.guard.settle(area, false))
  await refusing(allowance, () => sql`update allowances set doubted_until = clock_timestamp()`)
})

test('guard: after any order of requests, answers and a change of the password, the vendor has refused two requests at most', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = randomFrom(seed)
    const key = `of ${seed}`
    const credential = 'password'
    const opened = (by: Sql) =>
      openAllowance(by, key, 100_000, undefined, { atOnce: 4, credential }) as Promise<Guarded>
    const processes = [await opened(sql), await opened(other.sql)]
    let flying: { slot: Slot; by: Guarded; area: string | undefined; verifies: boolean; isWrong: boolean }[] = []
    let isChanged = false
    let refusals = 0
    for (let step = 0; step < 40; step += 1) {
      if (step === 15) isChanged = true
      const by = processes[random(2)] as Guarded
      if (random(3) > 0) {
        const about = random(2) === 0 ? area : undefined
        const options = { ...(random(2) === 0 ? background : interactive), area: about }
        const slot = await by.take(options).catch(ifSpent)
        if (slot) flying.push({ slot, by, area: about, verifies: false, isWrong: isChanged })
        continue
      }
      const one = flying[random(flying.length || 1)]
      if (!one) continue
      flying = flying.filter((each) => each !== one)
      if (one.isWrong) {
        refusals += 1
        const refusal = await one.by.guard.refuse(one.slot, one.area)
        await one.slot.release()
        const slot = refusal === 'DOUBTED' ? await one.by.take(verifying).catch(ifSpent) : undefined
        if (slot) flying.push({ slot, by: one.by, area: undefined, verifies: true, isWrong: isChanged })
        continue
      }
      await one.by.guard.accept(one.slot)
      if (one.verifies) await one.by.guard.settle(area, true)
      await one.slot.release()
    }
    for (const one of flying) if (one.isWrong) refusals += 1
    expect(refusals, `seed ${seed}`).toBeLessThanOrEqual(2)
    expect(refusals, `seed ${seed}`).toBeGreaterThan(0)
  }
})

test('guard: a request in progress is extended while its process lives, and ends soon after that was killed', async () => {
  const allowance = await open(sql, 'password', 300)
  const slot = await allowance.take(background)
  const heldUntil = async () =>
    (await sql<{ at: string | null }[]>`select held_until as at from allowance_slots`)[0]?.at
  const first = await heldUntil()
  await until(async () => ((await heldUntil()) ?? '') > (first ?? ''))
  await slot.release()
  expect(await heldUntil()).toBeNull()

  const killed = await open(other.sql)
  expect(await takeAll(killed, background)).toHaveLength(1)
  expect(await takeAll(allowance, background)).toHaveLength(0)
  await pass(sql, 31)
  expect(await takeAll(allowance, background)).toHaveLength(1)
})

function ifSpent(error: unknown): undefined {
  if (!(error instanceof AllowanceSpentError)) throw error
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return (state >>> 8) % below
  }
}
