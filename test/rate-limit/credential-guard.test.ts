/** The vendor may lock an account after requests with a wrong password: it sees two of them at most. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/db/database.ts'
import { lockOrganizations } from '../../src/db/organizations-lock.ts'
import type { CredentialGuard, Slot } from '../../src/rate-limit/credential-guard.ts'
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
const isRefusedArea = async () => {
  const rows = await sql`
    select from allowance_refusals where key = 'key' and area = ${area} and until > clock_timestamp()`
  return rows.length === 1
}

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
  expect(await isRefusedArea()).toBe(true)
  await (await allowance.take(background)).release()
})

test('guard: of one area, only one request at a time may be refused, over all processes', async () => {
  const [one, another] = [await open(), await open(other.sql)]
  const first = await one.take({ ...background, area })
  expect(await limitOf(another.take({ ...interactive, area }))).toBe('BUSY')
  await (await another.take({ ...interactive, area: 'b.example' })).release()
  const waits = another.take({ ...interactive, area, maxWaitMs: 60_000 })
  await one.guard.accept(first)
  const second = await waits
  await another.guard.accept(second)
  // Neither is in doubt any more.
  for (const slot of [await one.take({ ...interactive, area }), first, second]) await slot.release()

  // Refused, it stops its area only: no second request about it was sent.
  const refused = await one.take({ ...background, area })
  const waiting = another.take({ ...interactive, area, maxWaitMs: 60_000 }).catch(ifSpent)
  expect(await one.guard.refuse(refused, area)).toBe('DOUBTED')
  await refused.release()
  const proof = await one.take({ ...verifying, maxWaitMs: 60_000 })
  await one.guard.settle(area, true)
  await proof.release()
  expect(await waiting).toBeUndefined()
  await (await another.take({ ...interactive, area: 'b.example' })).release()
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

test('guard: a process that begins with another password lets no other one repeat the refused password', async () => {
  const former = await open()
  const slot = await former.take(interactive)
  expect(await former.guard.refuse(slot, undefined)).toBe('REFUSED')
  await slot.release()
  const present = await open(other.sql, 'another password')
  expect(await limitOf(former.take(interactive))).toBe('REFUSED')
  await (await present.take(interactive)).release()
})

test('guard: two wrong passwords of one account do not take turns', async () => {
  const both = [await open(), await open(other.sql, 'another password')]
  let sent = 0
  for (let turn = 0; turn < 6; turn += 1) {
    const by = both[turn % 2] as Guarded
    const slot = await by.take(interactive).catch(ifSpent)
    if (!slot) continue
    sent += 1
    expect(await by.guard.refuse(slot, undefined)).toBe('REFUSED')
    await slot.release()
  }
  expect(sent).toBe(2)
  expect(await readRefusal(sql, 'key', 'password')).toBeDefined()
  expect(await readRefusal(sql, 'key', 'another password')).toBeDefined()
  const corrected = await open(sql, 'the right password')
  await (await corrected.take(interactive)).release()
  expect(await limitOf((both[0] as Guarded).take(verifying))).toBe('REFUSED')
})

test('guard: while a process with another password waits for the organizations, requests are sent', async () => {
  const former = await open()
  const [list, read] = [await former.take({ ...background, area }), await former.take(interactive)]
  await former.guard.accept(read)
  expect(await former.guard.refuse(list, area)).toBe('AREA')
  const opening = await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    const begun = open(other.sql, 'another password')
    await until(async () => (await sql`select from pg_locks where locktype = 'advisory' and not granted`).length > 0)
    expect(await sql`select from allowances where key = 'key' for update skip locked`).toHaveLength(1)
    return { begun }
  })
  await opening.begun
  expect(await isRefusedArea()).toBe(false)
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

test('guard: a request of a former release is in progress until it is answered, also in the slot of a killed process', async () => {
  const allowance = await open()
  await (await open(other.sql)).take(background)
  await pass(sql, 121)
  await sql`
    update allowance_slots set token = 1000, free_at = clock_timestamp() + interval '2 minutes'
    where free_at <= clock_timestamp()`
  await sql`update allowances set takes = 1000`
  expect(await takeAll(allowance, background)).toHaveLength(0)
  await sql`update allowance_slots set free_at = clock_timestamp() + interval '1 minute'`
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
