/**
 * The evidence that an operation accepts at a vendor whose reads lag behind its writes, whose createdAt moves, or that
 * requests a pause.
 */
import { expect, test } from 'vitest'
import { type SlowVendor, slowVendor } from './harness/slow-vendor.ts'
import { itemsOf } from './harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'
const smith = 'Anna.Smith@example.com'
const change = { from: anna, to: smith, temporaryPassword: 'Planted!', keepOldAddressAsAlias: true }

test.each([
  ['addUserToGroup', { groupId: 'grp_002' }, { groups: expect.arrayContaining(['grp_002']) }],
  ['updateUser', { set: { firstName: 'Änne' } }, { firstName: 'Änne' }],
] as const)(
  'email change: the effect of %s right before it is carried over although it does not show yet',
  async (field, input, written) => {
    await using slow = await slowVendor({ switches: { membershipLagMs: 50_000, updateLagMs: 50_000 } })
    const answer = await slow.acme.mutate(field, { primaryEmail: anna, ...input })
    expect(answer).toMatchObject({ settled: false })
    const id = await slow.begin('startEmailChange', change)
    await slow.run()
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
    expect(slow.acme.vendor.user(smith)).toMatchObject(written)
    expect(slow.waits.has('new create OLD_COPY')).toBe(true)
  },
)

test('email change: a concurrent write to the old account that shows late is not deleted with it', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 5_000 } })
  const id = await slow.begin('startEmailChange', change)
  await slow.round()
  slow.acme.vendor.setSwitches({ createLagMs: 0, updateLagMs: 30_000 })
  const written = await slow.acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
  expect(written).toMatchObject({ settled: false })
  await slow.run()
  expect(slow.waits.has('old delete OLD_COPY')).toBe(true)
  expect(itemsOf(await slow.acme.operation(id)).get(anna)).toMatchObject({
    state: 'FAILED',
    failure: { __typename: 'Conflict', message: expect.stringContaining('steps were undone') },
  })
  expect(slow.acme.vendor.user(anna)?.firstName).toBe('Änne')
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(smith)?.firstName).toBe('Änne')
})

test('deprovisioning: the snapshot and the groups to leave include writes made right before it', async () => {
  await using slow = await slowVendor({ switches: { membershipLagMs: 30_000, updateLagMs: 30_000 } })
  await slow.acme.mutate('addUserToGroup', { primaryEmail: anna, groupId: 'grp_002' })
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna] })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  const [item] = await slow.acme.database.sql<{ snapshot: string }[]>`select snapshot from operation_items`
  expect(JSON.parse(item?.snapshot ?? '{}')).toMatchObject({ raw: { groups: expect.arrayContaining(['grp_002']) } })
})

test('deprovisioning: a user whose creation was just accepted and shows late is found', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 30_000 } })
  const primaryEmail = 'carla@example.com'
  expect(await slow.acme.mutate('createUser', { primaryEmail })).toMatchObject({ settled: false })
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [primaryEmail] })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(primaryEmail)).toBeUndefined()
})

test('email change: a copy that changes while an accepted deletion shows late does not fail it', async () => {
  await using slow = await slowVendor({ switches: { deleteLagMs: 20_000 } })
  const account = slow.acme.vendor.directory.find(anna) as { profile: object }
  const id = await slow.begin('startEmailChange', change)
  await slow.round()
  expect(slow.acme.sent()).toContain(`DELETE /users/${anna}`)
  account.profile = { ...account.profile, status: 'inactive', updatedAt: '2026-06-02T00:00:00.000Z' }
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(addressesIn(slow)).toEqual(['bob@example.com', smith])
})

test('email change: it succeeds although createdAt is the last activity, which moves meanwhile', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 20_000, readCreation: 'lastActivity', activity: 1 } })
  const id = await slow.begin('startEmailChange', change)
  await slow.round()
  slow.acme.vendor.setSwitches({ activity: 2 })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(addressesIn(slow)).toEqual(['bob@example.com', smith])
})

/**
 * As if the account had been re-created, or as if createdAt were the last activity: the two cannot be distinguished.
 */
function moveTimes(slow: SlowVendor, primaryEmail: string): void {
  const account = slow.acme.vendor.directory.find(primaryEmail) as { profile: object }
  const moved = '2026-06-02T00:00:00.000Z'
  account.profile = { ...account.profile, createdAt: moved, updatedAt: moved }
}

const addressesIn = ({ acme }: SlowVendor) => acme.vendor.users().map(({ primaryEmail }) => primaryEmail)

test('email change: an old account with another createdAt is not deleted, and the new account is removed', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 20_000 } })
  const id = await slow.begin('startEmailChange', change)
  await slow.round()
  moveTimes(slow, anna)
  await slow.run()
  expect(slow.waits.has('old delete REPLACED')).toBe(true)
  expect(itemsOf(await slow.acme.operation(id)).get(anna)).toMatchObject({
    state: 'FAILED',
    failure: {
      __typename: 'Conflict',
      message: expect.stringMatching(/another createdAt .* steps were undone/),
    },
  })
  expect(addressesIn(slow)).toEqual([anna, 'bob@example.com'])
})

test('email change: if the pulls ignore createdAt, a moved one is the same account', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 20_000 } })
  await slow.acme.database.sql`update organizations set creation_distrust = 2`
  const id = await slow.begin('startEmailChange', change)
  await slow.round()
  const account = slow.acme.vendor.directory.find(anna) as { profile: object }
  account.profile = { ...account.profile, createdAt: '2020-06-02T00:00:00.000Z' }
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(addressesIn(slow)).toEqual(['bob@example.com', smith])
})

test('deprovisioning: after a lost response, another createdAt proves no deletion', async () => {
  await using slow = await slowVendor()
  slow.acme.simulator.faults.add({ kind: 'cutBefore', method: 'DELETE', path: '^/users', times: 1 })
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [anna] })
  await slow.round()
  moveTimes(slow, anna)
  await slow.run()
  expect(itemsOf(await slow.acme.operation(id)).get(anna)).toMatchObject({
    state: 'FAILED',
    failure: { __typename: 'VendorFailure', outcomeUnknown: true, message: expect.stringContaining('retryOperation') },
  })
  slow.acme.vendor.deleteUser(anna)
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
})

test('deprovisioning: a user who is not found for some seconds after the PUT is read again', async () => {
  await using slow = await slowVendor()
  const id = await slow.begin('startDeprovisioning', { primaryEmails: ['bob@example.com'], mode: 'DEACTIVATE' })
  slow.acme.simulator.faults.add({
    kind: 'status',
    status: 404,
    method: 'GET',
    path: '^/users/bob',
    after: 1,
    times: 5,
  })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.waits.get('replace OTHER')).toBe(5)
})

test.each([
  ['POST', 'startOnboarding', { users: [{ primaryEmail: 'carla@example.com' }] }],
  ['GET', 'startDeprovisioning', { primaryEmails: [anna] }],
] as const)(
  'operations: a pause of 15 minutes that the vendor requests after %s holds no lease or lock',
  async (method, field, input) => {
    await using slow = await slowVendor()
    const id = await slow.begin(field, input)
    const headers = { 'retry-after': '900' }
    const failing = slow.acme.simulator.faults.add({ kind: 'status', status: 503, method, path: '^/users', headers })
    await slow.round()
    expect(failing.fired).toBe(1)
    const { sql } = slow.acme.database
    expect(await sql`select from user_locks`).toEqual([])
    const rows = await sql`
    select holder, extract(epoch from held_until - clock_timestamp()) > 800 as "isLong" from operation_items`
    expect(rows).toMatchObject([{ holder: null, isLong: true }])
    expect(await slow.acme.operation(id)).toMatchObject({ state: 'RUNNING', failed: 0 })
  },
)

test('email change: an old account that another client deleted is waited for once, however late the rest shows', async () => {
  await using slow = await slowVendor({ switches: { createLagMs: 5_000 } })
  const id = await slow.begin('startEmailChange', change)
  await slow.round()
  slow.acme.vendor.setSwitches({ createLagMs: 0, updateLagMs: 20_000 })
  slow.acme.vendor.deleteUser(anna)
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.waits.get('old delete OTHER')).toBe(5)
  expect(addressesIn(slow)).toEqual(['bob@example.com', smith])
})
