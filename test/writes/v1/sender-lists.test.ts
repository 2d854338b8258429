import { expect, test } from 'vitest'
import { type ApiHarness, type ApiHarnessOptions, apiHarness } from '../harness/api-harness.ts'

const bob = 'bob@example.com'

async function opened(options: ApiHarnessOptions = {}): Promise<ApiHarness> {
  const acme = await apiHarness({ api: 'v1', ...options })
  acme.vendor.updateUser(bob, { ofInterface: { safe: ['partner.example'], blocked: ['spam.example'] } })
  await acme.fill()
  return acme
}

const bodies = ({ simulator }: ApiHarness) =>
  simulator.requests.filter(({ method }) => method !== 'GET').map(({ method, body }) => [method, body])

test('sender lists: new entries are added, anything else replaces the list, and no request deletes', async () => {
  await using acme = await opened()
  const done = { __typename: 'UpdateSenderListsSuccess', settled: true }
  expect(
    await acme.mutate('updateSenderLists', { primaryEmail: bob, safe: { add: ['news.example', 'PARTNER.example'] } }),
  ).toMatchObject({ ...done, user: { senderLists: { safe: ['partner.example', 'news.example'] } } })
  await acme.mutate('updateSenderLists', {
    primaryEmail: bob,
    safe: { remove: ['Partner.example'] },
    blocked: { add: ['bad.example'] },
  })
  expect(await acme.mutate('updateSenderLists', { primaryEmail: bob, blocked: null })).toMatchObject(done)
  expect(bodies(acme)).toEqual([
    ['POST', { allow_list: ['news.example'] }],
    ['PATCH', { allow_list: ['news.example'], block_list: ['spam.example', 'bad.example'] }],
    ['PATCH', { block_list: [] }],
  ])
  expect(acme.vendor.user(bob)?.ofInterface).toMatchObject({ safe: ['news.example'], blocked: [] })
})

test('sender lists: what the user already has is not sent, and a sender cannot be both safe and blocked', async () => {
  await using acme = await opened()
  const same = await acme.mutate('updateSenderLists', { primaryEmail: bob, safe: { set: ['PARTNER.example'] } })
  expect(same).toMatchObject({ notes: [expect.stringContaining('nothing to send')] })
  const both = await acme.mutate('updateSenderLists', { primaryEmail: bob, blocked: { add: ['partner.example'] } })
  expect(both).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: ['blocked'] }] })
  expect(acme.sent()).toEqual([])
})

test('sender lists: a sender that the vendor shows as both safe and blocked does not stop the change of another one', async () => {
  await using acme = await opened()
  const twice = { safe: ['partner.example', 'both.example'], blocked: ['Both.example', 'spam.example'] }
  acme.vendor.updateUser(bob, { ofInterface: twice })
  const change = async (input: object) => await acme.mutate('updateSenderLists', { primaryEmail: bob, ...input })
  const done = { __typename: 'UpdateSenderListsSuccess', settled: true }
  expect(await change({ safe: { add: ['news.example'] } })).toMatchObject(done)
  expect(await change({ blocked: { remove: ['spam.example'] } })).toMatchObject(done)
  expect(await change({ safe: { add: ['spam.example'] }, blocked: { add: ['spam.example'] } })).toMatchObject({
    issues: [{ path: ['blocked'], message: 'spam.example would be both safe and blocked' }],
  })
  expect(acme.vendor.user(bob)?.ofInterface).toEqual({
    safe: ['partner.example', 'both.example', 'news.example'],
    blocked: ['Both.example'],
  })

  // The vendor's later copies count from here on.
  await acme.database.sql`delete from recent_writes`
  acme.vendor.updateUser(bob, { ofInterface: twice })
  const hold = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'PATCH', times: 1 })
  const write = change({ blocked: { remove: ['spam.example'] } })
  await hold.struck()
  // The vendor ignores a blocked sender that is also a safe one.
  acme.vendor.updateUser(bob, { ofInterface: { ...twice, blocked: [] } })
  hold.release()
  expect(await write).toMatchObject(done)
})

test.each([
  { kind: 'cutAfter', method: 'PATCH', times: 1 },
  { kind: 'status', status: 500, method: 'PATCH', times: 1, acts: true },
] as const)('sender lists: a lost answer is settled by reading: %j', async (fault) => {
  await using acme = await opened()
  acme.simulator.faults.add(fault)
  const answer = await acme.mutate('updateSenderLists', { primaryEmail: bob, safe: { set: [] } })
  expect(answer).toMatchObject({ __typename: 'UpdateSenderListsSuccess', settled: true })
  expect(acme.sent()).toHaveLength(1)
})

test('sender lists: a change is never lost by a later PUT of a copy that does not show it yet', async () => {
  await using acme = await opened({ switches: { updateLagMs: 600_000 } })
  const added = await acme.mutate('updateSenderLists', { primaryEmail: bob, safe: { add: ['news.example'] } })
  expect(added).toMatchObject({ __typename: 'UpdateSenderListsSuccess', settled: false })
  const change = await acme.mutate('updateUser', { primaryEmail: bob, set: { firstName: 'Bobby' } })
  expect(change).toMatchObject({ __typename: 'VendorFailure', message: expect.stringContaining('another write') })
  expect(acme.vendor.user(bob)?.ofInterface).toMatchObject({ safe: ['partner.example', 'news.example'] })
})

test('sender lists: a change that the vendor stores otherwise is NotAsWritten', async () => {
  await using acme = await opened()
  acme.simulator.faults.add({ kind: 'doesNothing', method: 'POST', times: 1 })
  const ignored = await acme.mutate('updateSenderLists', { primaryEmail: bob, safe: { add: ['x.example'] } })
  expect(ignored).toMatchObject({ __typename: 'UpdateSenderListsSuccess', settled: false })
})
