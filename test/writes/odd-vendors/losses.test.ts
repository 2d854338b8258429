/** A PUT replaces the whole user, so it can lose data that the vendor does not accept in its own format. */
import { expect, test } from 'vitest'
import { requestSettling } from '../../../src/writes/session/settle.ts'
import { isOtherType } from '../../../src/writes/vendor/compare-written.ts'
import { apis } from '../../support/api.ts'
import { apiHarness, type Json } from '../harness/api-harness.ts'
import { mirrorState, vendorState } from '../harness/states.ts'

const anna = 'Anna.Muller@example.com'
const rename = { primaryEmail: anna, set: { firstName: 'Änne' } }

test.each<Json>([{}, { updateLagMs: 300, membershipLagMs: 100 }])(
  'loss: memberships that a PUT lost are restored, with a note, also under %o',
  async (lags) => {
    await using acme = await apiHarness({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'byId', ...lags } })
    await acme.fill()
    expect(await acme.mutate('updateUser', rename)).toMatchObject({
      __typename: 'UpdateUserSuccess',
      settled: true,
      changed: ['firstName'],
      notes: [expect.stringMatching(/grp_001.*restored/)],
      user: { firstName: 'Änne', groups: { edges: [{ node: { groupId: 'grp_001' } }] } },
    })
    expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Änne', groups: ['grp_001'] })
    expect(acme.sent()).toEqual([`PUT /users/${anna}`, 'POST /groups/grp_001/members'])
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test.each(apis)('loss: API %s: the readings so far count if the last one does not end in time', async (api) => {
  let now = 0
  const sleep = async () => {
    now += requestSettling.longestMs
  }
  await using acme = await apiHarness({ api, pauses: { now: () => now, sleep } })
  await acme.fill()
  const fields = api === 'v1' ? { firstname: 'Anne' } : { firstName: 'Anne' }
  acme.simulator.faults.add({ kind: 'storesSomethingElse', method: 'PUT', fields })
  const last = acme.simulator.faults.add({ kind: 'hang', method: 'GET', path: 'users/Anna', after: 2 })
  const answer = await acme.mutate('updateUser', rename)
  expect(answer).toMatchObject({ __typename: 'NotAsWritten', fields: ['firstName'], held: { primaryEmail: anna } })
  expect(last.fired).toBe(1)
})

test('loss: a membership that cannot be restored is NotAsWritten', async () => {
  await using acme = await apiHarness({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'byId' } })
  await acme.fill()
  acme.simulator.faults.add({ kind: 'status', status: 400, path: 'members', text: 'the group is full' })
  expect(await acme.mutate('updateUser', rename)).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['groups'],
    message: expect.stringMatching(/grp_001 could not be restored.*the group is full/),
    held: { primaryEmail: anna },
  })
})

test.each<Json>([{}, { updateLagMs: 300, membershipLagMs: 100 }])(
  'loss: a membership of a group created after the last pull is restored after a PUT lost it, under %o',
  async (lags) => {
    await using acme = await apiHarness({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'byId', ...lags } })
    await acme.fill()
    acme.vendor.createGroup('Younger', 'grp_009')
    acme.vendor.addMember('grp_009', anna)
    acme.pass(1_000)
    expect(await acme.mutate('updateUser', rename)).toMatchObject({
      __typename: 'UpdateUserSuccess',
      settled: true,
      notes: [expect.stringMatching(/grp_001, grp_009; .*restored/)],
    })
    expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Änne', groups: ['grp_001', 'grp_009'] })
    // The list of groups is read once: a page, and the empty page that ends it.
    expect(acme.simulator.requests.filter(({ method, path }) => method === 'GET' && path === '/groups')).toHaveLength(2)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test.each([
  ['of which it loses both', ['grp_001', 'grp_002', 'grp_003'], []],
  ['of which it keeps one', ['grp_001', 'grp_002', 'grp_003'], ['grp_002']],
  ['of which the user is in one', ['grp_001', 'grp_002'], []],
])('loss: a PUT is NotAsWritten if two groups have the name of a lost one, %s', async (_, groups, kept) => {
  await using acme = await apiHarness({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'replaced' } })
  acme.vendor.createGroup('Finance', 'grp_003')
  for (const group of groups.slice(1)) acme.vendor.addMember(group, anna)
  await acme.fill()
  acme.simulator.faults.add({ kind: 'storesSomethingElse', fields: { groups: ['grp_001', ...kept] } })
  expect(await acme.mutate('updateUser', rename)).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['groups'],
    message: expect.stringContaining('"Finance" could not be restored'),
  })
})

test('loss: a PUT that keeps unresolvable groups succeeds, and no list is read', async () => {
  await using acme = await apiHarness({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'ignored' } })
  acme.vendor.createGroup('Finance', 'grp_003')
  acme.vendor.addMember('grp_003', anna)
  await acme.fill()
  acme.vendor.createGroup('Younger', 'grp_009')
  acme.vendor.addMember('grp_009', anna)
  expect(await acme.mutate('updateUser', rename)).toMatchObject({ __typename: 'UpdateUserSuccess', notes: [] })
  expect(acme.simulator.requests.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET'])
})

test('loss: lost aliases are NotAsWritten even if the patch did not mention them', async () => {
  await using acme = await apiHarness({ tickMs: 1, switches: { aliasesInPut: 'dropped' } })
  await acme.fill()
  expect(await acme.mutate('updateUser', rename)).toMatchObject({ __typename: 'NotAsWritten', fields: ['aliases'] })
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test('loss: an undocumented field that a PUT loses is NotAsWritten', async () => {
  await using acme = await apiHarness({ tickMs: 1 })
  await acme.fill()
  acme.simulator.faults.add({ kind: 'storesSomethingElse', fields: { department: null } })
  expect(await acme.mutate('updateUser', rename)).toMatchObject({ __typename: 'NotAsWritten', fields: ['department'] })
})

test('recent writes: a role that the vendor lists twice is replaced like any other', async () => {
  await using acme = await apiHarness({ tickMs: 1 })
  acme.vendor.updateUser(anna, { roles: ['USER', 'User', 'USER'] })
  await acme.fill()
  const set = { roles: { set: ['HELPDESK'] } }
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set, allowUnknownRole: true })).toMatchObject({
    __typename: 'UpdateUserSuccess',
    settled: true,
  })
  expect(acme.vendor.user(anna)?.roles).toEqual(['HELPDESK'])
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test('loss: an undocumented list may shrink, and a note reports it', async () => {
  await using acme = await apiHarness({ tickMs: 1 })
  acme.simulator.faults.add({ kind: 'storesSomethingElse', fields: { sessions: ['a', 'b'] }, times: 1 })
  await acme.fill()
  await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Anne' } })
  acme.simulator.faults.add({ kind: 'storesSomethingElse', fields: { sessions: ['b'] } })
  expect(await acme.mutate('updateUser', rename)).toMatchObject({
    __typename: 'UpdateUserSuccess',
    settled: true,
    notes: [expect.stringMatching(/fewer entries in sessions/)],
  })
})

test('loss: the type of a new user is compared without case, and an undocumented type matches any', () => {
  const shown = (type?: 'User' | 'Alias') => ({ primaryEmail: anna, raw: {}, ...(type && { type }) })
  expect(isOtherType('User', shown('User'))).toBe(false)
  expect(isOtherType('USER', shown('User'))).toBe(false)
  expect(isOtherType('User', shown())).toBe(false)
  expect(isOtherType('Functional', shown('Alias'))).toBe(false)
  expect(isOtherType('User', shown('Alias'))).toBe(true)
})

test('loss: unrecognized values of type and status contradict no write', async () => {
  await using acme = await apiHarness({ tickMs: 1, switches: { words: 'further' } })
  await acme.fill()
  const input = { primaryEmail: 'carla@example.com', type: 'ALIAS', status: 'INACTIVE' }
  expect(await acme.mutate('createUser', input)).toMatchObject({ __typename: 'CreateUserSuccess', settled: true })
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set: { status: 'INACTIVE' } })).toMatchObject({
    __typename: 'UpdateUserSuccess',
    settled: true,
  })
})

test('loss: an alias that a PUT drops is NotAsWritten, not late, once the vendor shows a newer version', async () => {
  await using acme = await apiHarness({ tickMs: 1, switches: { aliasesInPut: 'dropped' } })
  await acme.fill()
  const set = { aliases: { set: ['bobby@example.com'] } }
  expect(await acme.mutate('updateUser', { primaryEmail: 'bob@example.com', set })).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['aliases'],
  })
})
