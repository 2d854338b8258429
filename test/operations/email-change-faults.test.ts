/**
 * The state machine of an email change: every request of it × every event that can occur there. In every case this
 * product never deletes the only account or an account that another client created. The snapshot is kept until the
 * change has succeeded, and once the cause is gone, a retry succeeds. More random cases: `EMAIL_CHANGE_CASES=500 npx
 * vitest run …`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom } from '../../src/simulator/data/random.ts'
import type { FaultRule } from '../../src/simulator/faults.ts'
import { aliasOf, type Person, successorOf, type Witness, witness } from './harness/witness.ts'

/** The requests of an email change in order. `nth`: selects one of several requests that look the same. */
const requests = {
  'first reading of old': { method: 'GET', of: 'old', nth: 0 },
  create: { method: 'POST', path: '^/users$' },
  join: { method: 'POST', path: 'members$' },
  'reading of new': { method: 'GET', of: 'new', nth: 1 },
  'second reading of old': { method: 'GET', of: 'old', nth: 1 },
  delete: { method: 'DELETE', of: 'old' },
  'reading of the deletion': { method: 'GET', of: 'old', nth: 2 },
  aliases: { method: 'PUT', of: 'new' },
  'last reading': { method: 'GET', of: 'new', nth: 2 },
} as const
type Request = keyof typeof requests
const all = Object.keys(requests) as Request[]
const writes = ['create', 'join', 'delete', 'aliases'] as const

/** Actions of other clients. */
const acts = {
  'old is deleted and re-created bare': (vendor, { from }) => {
    if (vendor.user(from)) vendor.deleteUser(from)
    vendor.createUser({ primaryEmail: from, firstName: 'Ada' })
  },
  'old is deleted and re-created with its alias': (vendor, one) => {
    if (vendor.user(one.from)) vendor.deleteUser(one.from)
    vendor.createUser({ primaryEmail: one.from, firstName: 'Ada', aliases: [aliasOf(one)] })
  },
  'old is deleted': (vendor, { from }) => vendor.user(from) && vendor.deleteUser(from),
  'old is changed': (vendor, { from }) => vendor.user(from) && vendor.updateUser(from, { mailboxSize: 1024 }),
  'new is deleted': (vendor, { to }) => vendor.user(to) && vendor.deleteUser(to),
  'new is replaced': (vendor, { to }) => {
    if (vendor.user(to)) vendor.deleteUser(to)
    vendor.createUser({ primaryEmail: to, firstName: 'Ada' })
  },
  'new is changed': (vendor, { to }) => vendor.user(to) && vendor.updateUser(to, { mailboxSize: 1024 }),
  'an alias is taken': (vendor, one) => {
    const taker = `taker.${one.from}`
    if (!vendor.user(taker)) vendor.createUser({ primaryEmail: taker, aliases: [aliasOf(one)] })
  },
  'no other client does anything': () => {},
} satisfies Record<string, (vendor: Witness['acme']['vendor'], person: Person) => unknown>
type Act = keyof typeof acts
const allActs = Object.keys(acts) as Act[]

const faults = [
  { kind: 'status', status: 400 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 409 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 500, acts: true, times: 4 },
  { kind: 'cutBefore', times: 4 },
  { kind: 'cutAfter', times: 4 },
  { kind: 'doesNothing', times: 1 },
] as const

let w: Witness
beforeAll(async () => {
  w = await witness()
}, 120_000)
afterAll(async () => {
  await w?.[Symbol.asyncDispose]()
})

/**
 * The vendor has no conditional requests. A read is held before it is carried out, and a change after it. What other
 * clients do between the last read and the request that it precedes cannot be detected.
 */
function hold(request: Request, person: Person) {
  const { method } = requests[request]
  return w.acme.simulator.faults.add({
    ...target(request, person),
    kind: 'hold',
    at: method === 'GET' ? 'arrival' : 'answer',
    times: 1,
  } as FaultRule)
}

function target(request: Request, { from, to }: Person) {
  const one = requests[request]
  const path = 'path' in one ? one.path : `^/users/${encodeURIComponent(one.of === 'old' ? from : to)}$`
  return { method: one.method, path, ...('nth' in one && { after: one.nth }) }
}

/**
 * Checks the state after an operation has ended, regardless of its result; then, without the cause, a retry succeeds.
 */
async function judge(id: unknown, person: Person, about: string): Promise<void> {
  const { vendor } = w.acme
  expect(w.wrongs, about).toEqual([])
  const ended = await w.itemOf(id, person)
  if (ended.state !== 'SUCCEEDED') {
    const message = (ended.failure as { message: string }).message
    expect(ended.state, about).toBe('FAILED')
    const says = message.includes('retryOperation')
    expect({ kept: ended.kept, says }, `${about}: ${message}`).toEqual({ kept: true, says: true })
    w.removeCauses(person)
    // Follows the instruction in the failure: while the old account exists, no one needs the other one.
    if (message.includes('cannot prove') && vendor.user(person.from) && vendor.user(person.to)) {
      w.others(() => vendor.deleteUser(person.to))
    }
    await w.call('retryOperation', id)
    await w.run()
    expect(w.wrongs, about).toEqual([])
    const again = await w.itemOf(id, person)
    expect({ state: again.state, failure: again.failure }, about).toEqual({ state: 'SUCCEEDED', failure: null })
  }
  w.acme.simulator.faults.clear()
}

/** Fields that other clients changed on purpose are not compared. */
function expectComplete(person: Person, about: string, changed: boolean): void {
  const { mailboxSize, ...rest } = successorOf(person)
  expect(w.acme.vendor.user(person.to), about).toMatchObject(changed ? rest : { ...rest, mailboxSize })
  expect(w.acme.vendor.passwordOf(person.to), about).toBe('Planted!')
}

for (const request of writes) {
  for (const fault of faults) {
    test(`email change: ${JSON.stringify(fault)} at ${request} loses no account`, { timeout: 120_000 }, async () => {
      const { person, id } = await w.begin(true)
      w.acme.simulator.faults.add({ ...target(request, person), ...fault } as FaultRule)
      await w.run()
      await judge(id, person, request)
      expectComplete(person, request, false)
      expect(w.acme.vendor.user(person.from)).toBeUndefined()
    })
  }
}

/**
 * Changes that are about another account from the start, or where other clients act after the last read before the
 * deletion: see `hold`.
 */
const unseen: readonly [Request, Act][] = [
  ['first reading of old', 'old is deleted'],
  ['first reading of old', 'old is deleted and re-created bare'],
  ['first reading of old', 'old is deleted and re-created with its alias'],
  ['second reading of old', 'new is deleted'],
  ['second reading of old', 'new is replaced'],
]

for (const request of all) {
  for (const act of allActs) {
    if (unseen.some(([r, a]) => r === request && a === act)) continue
    test(`email change: ${act} at ${request}, and the worker is killed there`, { timeout: 120_000 }, async () => {
      const { person, id } = await w.begin(act !== 'old is deleted and re-created with its alias')
      const held = hold(request, person)
      const killed = w.run()
      await held.struck()
      w.others((vendor) => acts[act](vendor, person))
      await w.kill()
      held.release()
      await killed
      await judge(id, person, `${act} at ${request}`)
      expectComplete(person, `${act} at ${request}`, act === 'old is changed' || act === 'new is changed')
    })
  }
}

const cases = Number(process.env.EMAIL_CHANGE_CASES ?? 12)
test(`email change: in ${cases} random histories no account is lost and a retry succeeds`, {
  timeout: 600_000,
}, async () => {
  const random = createRandom(process.env.EMAIL_CHANGE_SEED ?? 'email change')
  for (let n = 0; n < cases; n += 1) {
    const { person, id } = await w.begin(random.chance(0.5))
    const [first, second] = [random.pick(all), random.pick(all)]
    const [act, later] = [random.pick(allActs), random.pick(allActs)]
    const [kills, cancels] = [random.chance(0.5), random.chance(0.3)]
    const fault = random.chance(0.6) ? { ...target(random.pick(writes), person), ...random.pick(faults) } : undefined
    const about = JSON.stringify({ n, first, act, second, later, kills, cancels, fault })
    if (fault) w.acme.simulator.faults.add(fault as FaultRule)
    for (const [request, what] of [
      [first, act],
      [second, later],
    ] as const) {
      if (unseen.some(([r, a]) => r === request && a === what)) continue
      const held = hold(request, person)
      const running = w.run()
      await Promise.race([held.struck(), running])
      if (held.fired > 0) {
        w.others((vendor) => acts[what](vendor, person))
        if (cancels) await w.call('cancelOperation', id)
        if (kills) await w.kill()
      }
      held.remove()
      await running
      // A retry that is cancelled before a worker picks it up leaves the item unchanged.
      if ((await w.itemOf(id, person)).state !== 'FAILED') break
      await w.call('retryOperation', id)
      if (cancels) {
        await w.call('cancelOperation', id)
        expect((await w.itemOf(id, person)).state, about).toBe('FAILED')
        break
      }
    }
    await w.run()
    // Cancelling erases a password, so the account may have to be created by a new operation.
    if (cancels) expect(w.wrongs, about).toEqual([])
    else await judge(id, person, about)
    w.removeCauses(person)
  }
})
