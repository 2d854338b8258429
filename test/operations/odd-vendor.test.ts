/** Operations at vendors whose reads of a deleted user prove nothing, or whose PUT loses unsupported data. */
import { expect, test } from 'vitest'
import type { Json } from '../writes/harness/api-harness.ts'
import { slowVendor } from './harness/slow-vendor.ts'
import { itemsOf } from './harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'
const smith = 'Anna.Smith@example.com'
const change = { from: anna, to: smith, temporaryPassword: 'Planted!', keepOldAddressAsAlias: true }
const lags = {
  createLagMs: 2_000,
  deleteLagMs: 2_000,
  updateLagMs: 2_000,
  membershipLagMs: 1_500,
  addressHeldMs: 4_000,
}

for (const goneAnswer of [410, 412, 400, 403, 'body'] as const) {
  test(`deprovisioning: succeeds at a vendor that answers the read of a deleted user with ${goneAnswer}`, async () => {
    await using slow = await slowVendor({ switches: { goneAnswer, deleteLagMs: 2_000 } })
    const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna, 'bob@example.com'] })
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED', done: 2 })
    expect(slow.acme.vendor.users()).toEqual([])
  })

  test.each<Json>([{}, lags])(
    `email change: succeeds at a vendor that answers the read of a missing user with ${goneAnswer}, lags %o`,
    async (late) => {
      await using slow = await slowVendor({ switches: { goneAnswer, ...late } })
      const before = slow.acme.vendor.user(anna)
      const id = await slow.begin('startEmailChange', change)
      await slow.run()
      expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
      expect(slow.acme.vendor.users().map(({ primaryEmail }) => primaryEmail)).toEqual(['bob@example.com', smith])
      expect(slow.acme.vendor.user(smith)).toMatchObject({
        groups: before?.groups,
        aliases: ['anna@example.com', anna],
      })
    },
  )

  test(`onboarding: succeeds at a vendor that answers the read of a missing user with ${goneAnswer}`, async () => {
    await using slow = await slowVendor({ switches: { goneAnswer, createLagMs: 40_000 } })
    const users = [{ primaryEmail: 'carla@example.com', groups: ['grp_001'] }]
    const id = await slow.begin('startOnboarding', { users })
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
    expect(slow.acme.sent()).toEqual(['POST /users', 'POST /groups/grp_001/members'])
  })
}

test.each<Json>([{}, lags])(
  'email change: succeeds at a vendor that shows numbers as strings, lags %o',
  async (late) => {
    await using slow = await slowVendor({ switches: { numbers: 'strings', ...late } })
    const before = slow.acme.vendor.user(anna)
    const id = await slow.begin('startEmailChange', change)
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
    expect(before?.mailboxSize).toBe(2048)
    expect(Number(slow.acme.vendor.user(smith)?.mailboxSize)).toBe(2048)
    expect(slow.acme.vendor.user(anna)).toBeUndefined()
  },
)

test('deprovisioning: a deactivation whose status is undone also reports what its PUT lost', async () => {
  await using slow = await slowVendor({ switches: { aliasesInPut: 'dropped' } })
  const { simulator, vendor } = slow.acme
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna], mode: 'DEACTIVATE' })
  const hold = simulator.faults.add({ kind: 'hold', at: 'answer', method: 'PUT', path: '^/users/', times: 1 })
  const running = slow.run()
  await hold.struck()
  vendor.updateUser(anna, { status: 'active' })
  hold.release()
  await running
  const item = itemsOf(await slow.acme.operation(id)).get(anna)
  expect(vendor.user(anna)?.aliases).toEqual([])
  expect(item).toMatchObject({
    state: 'FAILED',
    failure: { __typename: 'NotAsWritten', fields: ['status', 'aliases'] },
  })
})

test.each<Json>([{}, lags])('email change: memberships that a PUT lost are restored, lags %o', async (late) => {
  await using slow = await slowVendor({ switches: { userGroups: 'names', groupsInPut: 'byId', ...late } })
  const before = slow.acme.vendor.user(anna)
  const id = await slow.begin('startEmailChange', change)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(before?.groups).toEqual(['grp_001'])
  expect(slow.acme.vendor.user(smith)?.groups).toEqual(before?.groups)
})

test.each<Json>([{}, { updateLagMs: 5_000 }])(
  'deprovisioning: a field that the PUT loses is NotAsWritten, and the account is inactive, lags %o',
  async (late) => {
    await using slow = await slowVendor({ switches: { aliasesInPut: 'dropped', ...late } })
    const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna], mode: 'DEACTIVATE' })
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({
      state: 'FAILED',
      items: { nodes: [{ failure: { __typename: 'NotAsWritten', fields: ['aliases'] } }] },
    })
    expect(slow.acme.vendor.user(anna)?.status).toBe('inactive')
    // The loss stays open until another client restores the values.
    await slow.call('retryOperation', id)
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'FAILED' })
    slow.acme.vendor.updateUser(anna, { aliases: ['anna@example.com'] })
    await slow.call('retryOperation', id)
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  },
)

test('email change: succeeds if the vendor rejects the aliases that it has just freed with another text', async () => {
  await using slow = await slowVendor()
  const text = 'alias anna@example.com belongs to another account'
  slow.acme.simulator.faults.add({ kind: 'status', method: 'PUT', status: 400, text, times: 4 })
  const id = await slow.begin('startEmailChange', change)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(anna)).toBeUndefined()
  expect(slow.acme.vendor.user(smith)?.aliases).toEqual(['anna@example.com', anna])
})

test.each([
  ['and the POST is answered', undefined],
  ['and the response to the POST is lost', 'cutAfter' as const],
])('email change: succeeds for a user with an unrecognized status, %s', async (_, kind) => {
  await using slow = await slowVendor({ switches: { words: 'further' } })
  slow.acme.vendor.updateUser(anna, { status: 'inactive' })
  if (kind) slow.acme.simulator.faults.add({ kind, method: 'POST', path: '/users', times: 1 })
  const id = await slow.begin('startEmailChange', change)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(smith)).toMatchObject({ status: 'inactive', groups: ['grp_001'] })
})

test('deprovisioning: an unrecognized status proves no deactivation if the user had it before', async () => {
  await using slow = await slowVendor({ switches: { words: 'further' } })
  const id = await slow.begin('startDeprovisioning', { primaryEmails: ['bob@example.com'], mode: 'DEACTIVATE' })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  slow.acme.simulator.faults.add({ kind: 'doesNothing', method: 'PUT' })
  const idle = await slow.begin('startDeprovisioning', { primaryEmails: ['bob@example.com'], mode: 'DEACTIVATE' })
  await slow.run()
  expect(await slow.acme.operation(idle)).toMatchObject({ state: 'FAILED' })
})
