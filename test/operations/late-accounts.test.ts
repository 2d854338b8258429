import { expect, test } from 'vitest'
import type { Json } from '../writes/harness/api-harness.ts'
import { type SlowVendor, slowVendor } from './harness/slow-vendor.ts'
import { itemsOf } from './harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'
const smith = 'Anna.Smith@example.com'
const change = { from: anna, to: smith, temporaryPassword: 'Planted!', keepOldAddressAsAlias: true }
const minutes = 60_000

test('operations: an item whose account does not show yet waits in a WAITING step and holds no lease or lock', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 20_000 } })
  const users = ['carla', 'dan', 'eva'].map((name) => ({ primaryEmail: `${name}@example.com`, groups: ['grp_001'] }))
  const id = await slow.begin('startOnboarding', { users })
  await slow.round()
  // A waiting item does not delay others.
  expect(slow.acme.sent().filter((request) => request === 'POST /users')).toHaveLength(3)
  const operation = await slow.acme.operation(id)
  expect(operation).toMatchObject({ state: 'RUNNING', done: 0, failed: 0 })
  const item = itemsOf(operation).get('carla@example.com')
  expect(item).toMatchObject({ state: 'RUNNING', failure: null })
  const [create] = (item?.journal ?? []) as Json[]
  expect(create).toMatchObject({ name: 'create', state: 'WAITING', lastSeen: 'the user is not found (404)' })
  const waited = Date.parse(String(create?.waitingUntil)) - Date.parse(String(create?.waitingSince))
  expect(waited).toBeGreaterThanOrEqual(15 * minutes)
  expect(waited).toBeLessThan(16 * minutes)
  const { sql } = slow.acme.database
  expect(await sql`select from operation_items where holder is not null`).toEqual([])
  expect(await sql`select from user_locks`).toEqual([])

  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED', done: 3 })
  expect(slow.acme.sent().filter((request) => request === 'POST /users')).toHaveLength(3)
  const journal = itemsOf(await slow.acme.operation(id)).get('carla@example.com')?.journal as Json[]
  expect(journal.map(({ name, state }) => [name, state])).toEqual([
    ['create', 'DONE'],
    ['join grp_001', 'DONE'],
  ])
})

test('operations: after 15 minutes the failure names the last request and state, and retryOperation completes it', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 30 * minutes } })
  const primaryEmail = 'carla@example.com'
  const id = await slow.begin('startOnboarding', { users: [{ primaryEmail, firstName: 'Carla', groups: ['grp_001'] }] })
  await slow.run()
  expect(itemsOf(await slow.acme.operation(id)).get(primaryEmail)).toMatchObject({
    state: 'FAILED',
    failure: {
      __typename: 'VendorFailure',
      outcomeUnknown: true,
      message: expect.stringMatching(/accepted the new user .*POST \/users.* 15 minutes .* 404.*retryOperation/),
    },
  })
  await slow.advance(20 * minutes)
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.sent().filter((request) => request === 'POST /users')).toHaveLength(1)
  expect(slow.acme.vendor.user(primaryEmail)?.groups).toEqual(['grp_001'])
})

const everythingLate = {
  createLagMs: 3_000,
  deleteLagMs: 2_000,
  updateLagMs: 3_000,
  membershipLagMs: 1_500,
  addressHeldMs: 6_000,
} as const

for (const spelling of [{}, { addressCase: 'lowered', addressMatch: 'exact' }] as const) {
  test(`email change: it succeeds if every write shows late: ${JSON.stringify(spelling)}`, async () => {
    await using slow = await slowVendor({ switches: { ...everythingLate, ...spelling, groupsInPut: 'replaced' } })
    const before = slow.acme.vendor.user(anna)
    const id = await slow.begin('startEmailChange', change)
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
    expect(slow.acme.vendor.user(anna)).toBeUndefined()
    const aliases = ['anna@example.com', anna]
    expect(slow.acme.vendor.user(smith)).toEqual({
      ...before,
      primaryEmail: 'addressCase' in spelling ? smith.toLowerCase() : smith,
      aliases: 'addressCase' in spelling ? aliases.map((alias) => alias.toLowerCase()) : aliases,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect([...slow.waits.keys()]).toEqual(
      expect.arrayContaining(['new create NOT_SHOWN', 'old delete NOT_SHOWN', 'new replace ADDRESS_HELD']),
    )
  })
}

test('email change: the undo waits for its deletion, and a retry waits for the address that stays taken', async () => {
  await using slow = await slowVendor({ switches: everythingLate })
  const before = slow.acme.vendor.snapshot()
  const refused = slow.acme.simulator.faults.add({ kind: 'status', status: 400, method: 'POST', path: 'members' })
  const id = await slow.begin('startEmailChange', change)
  await slow.run()
  expect(itemsOf(await slow.acme.operation(id)).get(anna)).toMatchObject({
    state: 'FAILED',
    steps: [],
    journal: [],
    failure: { message: expect.stringContaining('steps were undone') },
  })
  expect(slow.acme.vendor.snapshot()).toEqual(before)
  expect(slow.waits.has('new delete NOT_SHOWN')).toBe(true)

  refused.remove()
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.waits.has('new create ADDRESS_HELD')).toBe(true)
  expect(slow.acme.vendor.user(anna)).toBeUndefined()
  expect(slow.acme.vendor.user(smith)).toMatchObject({ groups: ['grp_001'], aliases: ['anna@example.com', anna] })
})

test('onboarding: a create with a lost response that shows late is recognized, and is not ALREADY_EXISTS', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 40_000 } })
  slow.acme.simulator.faults.add({ kind: 'cutAfter', method: 'POST', path: '^/users$', times: 1 })
  const user = { primaryEmail: 'carla@example.com', firstName: 'Carla', groups: ['grp_001'] }
  const id = await slow.begin('startOnboarding', { users: [user] })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(user.primaryEmail)).toMatchObject({ firstName: 'Carla', groups: ['grp_001'] })
  expect(slow.waits.has('create NOT_SHOWN')).toBe(true)
})

test('onboarding: after a lost response, an account that another client created is not adopted', async () => {
  await using slow = await slowVendor()
  const { faults } = slow.acme.simulator
  const cut = faults.add({ kind: 'cutBefore', method: 'POST', path: '^/users$' })
  const user = { primaryEmail: 'carla@example.com', firstName: 'Carla', groups: ['grp_001'] }
  const id = await slow.begin('startOnboarding', { users: [user] })
  await slow.round()
  cut.remove()
  slow.acme.vendor.createUser({ primaryEmail: user.primaryEmail, firstName: 'Other' })
  await slow.run()
  expect(itemsOf(await slow.acme.operation(id)).get(user.primaryEmail)?.state).toBe('FAILED')
  expect(slow.acme.vendor.user(user.primaryEmail)).toMatchObject({ firstName: 'Other', groups: [] })
})

test('deprovisioning: the deactivating PUT does not send groups that still show', async () => {
  await using slow = await slowVendor({
    switches: { membershipLagMs: 4_000, updateLagMs: 3_000, groupsInPut: 'replaced' },
  })
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna], mode: 'DEACTIVATE' })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(anna)).toMatchObject({ status: 'inactive', groups: [] })
  expect(slow.acme.sent().filter((request) => request.startsWith('PUT'))).toHaveLength(1)
})

test('deprovisioning: a deletion that shows after 20 minutes fails clearly, and retryOperation completes it', async () => {
  await using slow = await slowVendor({ switches: { deleteLagMs: 20 * minutes } })
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna, 'bob@example.com'] })
  await slow.run()
  expect(itemsOf(await slow.acme.operation(id)).get(anna)).toMatchObject({
    state: 'FAILED',
    failure: {
      __typename: 'VendorFailure',
      message: expect.stringMatching(
        /accepted the deletion .*DELETE \/users.* 15 minutes .*still shows the user.*retry/,
      ),
    },
  })
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED', done: 2 })
})

test('operations: an item that is killed while it waits resumes where it stopped', async () => {
  await using slow: SlowVendor = await slowVendor({ switches: everythingLate })
  const id = await slow.begin('startEmailChange', change)
  await slow.run(() => true)
  expect(slow.kills).toBeGreaterThan(0)
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.users().map(({ primaryEmail }) => primaryEmail)).toEqual(['bob@example.com', smith])
})
