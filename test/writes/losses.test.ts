/** A PUT that replaces the whole user loses what its vendor does not understand as it wrote it itself. */
import { expect, test } from 'vitest'
import { house, type Json } from './house.ts'
import { mirrorState, vendorState } from './states.ts'

const anna = 'Anna.Muller@example.com'
const rename = { primaryEmail: anna, set: { firstName: 'Änne' } }

test.each<Json>([{}, { updateLagMs: 300, membershipLagMs: 100 }])(
  'loss: memberships that a PUT lost are restored, with a note, also under %o',
  async (lags) => {
    await using acme = await house({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'byId', ...lags } })
    await acme.fill()
    expect(await acme.mutate('updateUser', rename)).toMatchObject({
      __typename: 'UpdateUserSuccess',
      settled: true,
      notes: [expect.stringMatching(/grp_001.*restored/)],
      user: { firstName: 'Änne', groups: { edges: [{ node: { groupId: 'grp_001' } }] } },
    })
    expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Änne', groups: ['grp_001'] })
    expect(acme.sent()).toEqual([`PUT /users/${anna}`, 'POST /groups/grp_001/members'])
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test('loss: a membership that cannot be restored is NotAsWritten', async () => {
  await using acme = await house({ tickMs: 1, switches: { userGroups: 'names', groupsInPut: 'byId' } })
  await acme.fill()
  acme.simulator.faults.add({ kind: 'status', status: 400, path: 'members', text: 'the group is full' })
  expect(await acme.mutate('updateUser', rename)).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['groups'],
    message: expect.stringMatching(/grp_001 could not be restored.*the group is full/),
    held: { primaryEmail: anna },
  })
})

test('loss: aliases that a PUT lost are NotAsWritten, though nobody asked to change them', async () => {
  await using acme = await house({ tickMs: 1, switches: { aliasesInPut: 'dropped' } })
  await acme.fill()
  expect(await acme.mutate('updateUser', rename)).toMatchObject({ __typename: 'NotAsWritten', fields: ['aliases'] })
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test('loss: a field that nobody here knows is NotAsWritten where a PUT loses it', async () => {
  await using acme = await house({ tickMs: 1 })
  await acme.fill()
  acme.simulator.faults.add({ kind: 'storesSomethingElse', fields: { department: null } })
  expect(await acme.mutate('updateUser', rename)).toMatchObject({ __typename: 'NotAsWritten', fields: ['department'] })
})

test('loss: an alias that a PUT drops is NotAsWritten, and not late, once the vendor shows a later version of the user', async () => {
  await using acme = await house({ tickMs: 1, switches: { aliasesInPut: 'dropped' } })
  await acme.fill()
  const set = { aliases: { set: ['bobby@example.com'] } }
  expect(await acme.mutate('updateUser', { primaryEmail: 'bob@example.com', set })).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['aliases'],
  })
})
