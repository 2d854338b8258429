/**
 * An operation carries over or removes everything that the vendor shows of the user. It does not start if the vendor
 * does not show the lists that it needs.
 */
import { expect, test } from 'vitest'
import type { Json } from '../writes/harness/api-harness.ts'
import { slowVendor } from './harness/slow-vendor.ts'
import { itemsOf, type WorkerHarness, workerHarness } from './harness/worker-harness.ts'

const from = 'Anna.Muller@example.com'
const to = 'anna.smith@example.com'
const anna = { primaryEmails: [from], mode: 'DEACTIVATE' }

/** A group that no pull has shown yet, with Anna as a member. */
function joinYoungGroup({ vendor }: WorkerHarness): string {
  const { id } = vendor.createGroup('Younger than the last pull')
  vendor.addMember(id, from)
  return id
}

/** Two groups with the same name, one of them with Anna as a member, at a vendor that shows groups by name. */
async function joinOneOfTwo(acme: WorkerHarness): Promise<void> {
  acme.vendor.createGroup('Twin', 'twin_1')
  acme.vendor.createGroup('Twin', 'twin_2')
  acme.vendor.addMember('twin_2', from)
  await acme.fill()
}

/** The vendor's responses about Anna lack this field. */
function keepUntold({ simulator, vendor }: WorkerHarness, field: string): { remove(): void } {
  const { undocumented, [field]: _untold, ...body } = { ...vendor.user(from) } as Json
  return simulator.faults.add({ kind: 'wrongShape', method: 'GET', path: 'Muller', body })
}

async function retried(acme: WorkerHarness, { id }: Json): Promise<Json> {
  await acme.post({ query: 'mutation ($id: ID!) { retryOperation(id: $id) { id } }', variables: { id } })
  return await acme.ended(id)
}

for (const userGroups of ['ids', 'names'] as const) {
  test(`email change: the new account joins a group created after the last pull, shown as ${userGroups}`, async () => {
    await using acme = await workerHarness({ switches: { userGroups } })
    const young = joinYoungGroup(acme)
    const planned = await acme.start('startEmailChange', { from, to, dryRun: true })
    expect(planned.plan).toContainEqual(expect.objectContaining({ path: `/groups/${young}/members` }))
    expect(await acme.finish('startEmailChange', { from, to })).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(to)?.groups).toEqual(['grp_001', young])
  })

  test(`deprovisioning: a deactivated user leaves a group created after the last pull, shown as ${userGroups}`, async () => {
    await using acme = await workerHarness({ switches: { userGroups } })
    const young = joinYoungGroup(acme)
    const planned = await acme.start('startDeprovisioning', { ...anna, dryRun: true })
    expect(planned.plan).toMatchObject([
      { method: 'DELETE', path: '/groups/grp_001/members/Anna.Muller%40example.com' },
      { method: 'DELETE', path: `/groups/${young}/members/Anna.Muller%40example.com` },
      { method: 'PUT', body: { status: 'inactive', groups: [] } },
    ])
    expect(await acme.finish('startDeprovisioning', anna)).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [] })
  })
}

test('deprovisioning: a group joined while the others are left is left too', async () => {
  await using acme = await workerHarness()
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'DELETE', path: 'grp_001', times: 1 })
  const started = await acme.start('startDeprovisioning', anna)
  await held.struck(1)
  joinYoungGroup(acme)
  held.release()
  expect(await acme.ended((started.operation as Json).id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [] })
})

test('deprovisioning: a membership that survives its accepted removal is reported, and a retry removes it', async () => {
  await using slow = await slowVendor()
  const { acme } = slow
  acme.simulator.faults.add({ kind: 'doesNothing', method: 'DELETE', path: 'grp_001', times: 1 })
  const id = await slow.begin('startDeprovisioning', anna)
  await slow.run()
  expect(itemsOf(await acme.operation(id)).get(from)?.failure).toMatchObject({
    __typename: 'NotAsWritten',
    message: expect.stringContaining('still in grp_001'),
    fields: ['groups'],
  })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: ['grp_001'] })
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [] })
})

test('email change: it does not start if two groups share a name, because the group to join is ambiguous', async () => {
  await using acme = await workerHarness({ switches: { userGroups: 'names' } })
  await joinOneOfTwo(acme)
  expect(await acme.start('startEmailChange', { from, to })).toMatchObject({
    __typename: 'InvalidInput',
    message: expect.stringMatching(/"Twin", which is the name of twin_1 and twin_2/),
  })
  expect(acme.sent()).toEqual([])
})

test('deprovisioning: a deactivated user leaves both groups of an ambiguous name', async () => {
  await using acme = await workerHarness({ switches: { userGroups: 'names' } })
  await joinOneOfTwo(acme)
  expect(await acme.finish('startDeprovisioning', anna)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [] })
})

for (const field of ['groups', 'aliases']) {
  test(`email change: it does not start if the vendor does not show ${field}`, async () => {
    await using acme = await workerHarness()
    keepUntold(acme, field)
    expect(await acme.start('startEmailChange', { from, to })).toMatchObject({
      __typename: 'InvalidInput',
      message: expect.stringContaining(`the vendor does not show its ${field}`),
    })
    expect(acme.sent()).toEqual([])
  })
}

test('deprovisioning: a user is not deactivated until the vendor shows its groups', async () => {
  await using acme = await workerHarness()
  const unresolved = keepUntold(acme, 'groups')
  const planned = await acme.start('startDeprovisioning', { ...anna, dryRun: true })
  expect(planned.notes).toContainEqual(expect.stringContaining('does not show its groups'))
  const done = await acme.finish('startDeprovisioning', anna)
  expect(itemsOf(done).get(from)?.failure).toMatchObject({
    __typename: 'InvalidInput',
    message: expect.stringContaining('does not show its groups'),
  })
  expect(acme.sent()).toEqual([])
  unresolved.remove()
  expect(await retried(acme, done)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [] })
})

test('email change: undocumented fields are sent by PUT if the vendor ignores them on creation', async () => {
  await using acme = await workerHarness()
  acme.vendor.updateUser(from, { undocumented: { department: 'R&D', flags: [], constructor: 'Ltd' } })
  const stored = { department: undefined, flags: undefined, constructor: undefined }
  acme.simulator.faults.add({ kind: 'storesSomethingElse', method: 'POST', path: /^\/users$/, fields: stored })
  const done = await acme.finish('startEmailChange', { from, to })
  expect(itemsOf(done).get(from)).toMatchObject({
    state: 'SUCCEEDED',
    steps: ['new create', 'new join grp_001', 'new complete', 'old delete', 'new replace'],
  })
  expect(acme.vendor.user(to)).toMatchObject({
    undocumented: { department: 'R&D', flags: [], constructor: 'Ltd' },
    groups: ['grp_001'],
  })
})

test('email change: it succeeds if the vendor rejects a PUT of undocumented fields', async () => {
  await using acme = await workerHarness()
  const stored = { department: undefined }
  acme.simulator.faults.add({ kind: 'storesSomethingElse', method: 'POST', path: /^\/users$/, fields: stored })
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'PUT', path: 'smith', times: 1 })
  const done = await acme.finish('startEmailChange', { from, to })
  expect(itemsOf(done).get(from)).toMatchObject({
    state: 'SUCCEEDED',
    steps: ['new create', 'new join grp_001', 'old delete', 'new replace'],
  })
  expect(acme.vendor.user(to)?.aliases).toEqual(['anna@example.com'])
})

test('email change: the failure names the removed new account, and the item has no user', async () => {
  await using acme = await workerHarness()
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'POST', path: 'members', times: 1 })
  const done = await acme.finish('startEmailChange', { from, to })
  expect(itemsOf(done).get(from)).toMatchObject({
    user: null,
    failure: {
      __typename: 'NotAsWritten',
      message: expect.stringMatching(/\. The completed steps were undone: .* was deleted again, .*retryOperation\.$/),
    },
  })
})

test('onboarding: a retry re-creates an account that another client deleted during the setup', async () => {
  await using slow = await slowVendor()
  const { acme } = slow
  const carl = 'carl@example.com'
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'POST', path: 'members', times: 1 })
  const id = await slow.begin('startOnboarding', { users: [{ primaryEmail: carl, groups: ['grp_002'] }] })
  const running = slow.run()
  await held.struck(1)
  acme.vendor.deleteUser(carl)
  held.release()
  await running
  const failed = itemsOf(await acme.operation(id)).get(carl)
  expect(failed?.failure).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(carl)?.groups).toEqual(['grp_002'])
})

test('email change: an undocumented type is carried over unchanged', async () => {
  await using acme = await workerHarness()
  const { undocumented: _undocumented, ...body } = { ...acme.vendor.user(from) } as Json
  acme.simulator.faults.add({ kind: 'wrongShape', method: 'GET', path: 'Muller', body: { ...body, type: 'Shared' } })
  const planned = await acme.start('startEmailChange', { from, to, dryRun: true })
  expect(planned.plan).toMatchObject([{ method: 'POST', body: { type: 'Shared' } }, {}, {}, {}])
})
