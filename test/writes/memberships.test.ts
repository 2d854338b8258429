/** Joining and leaving groups, and the results if the vendor rejects it. */
import { expect, test } from 'vitest'
import { apiHarness } from './harness/api-harness.ts'
import { mirrorState, vendorState } from './harness/states.ts'

const bob = 'bob@example.com'

test.each(['accepted', 'refused'] as const)(
  'memberships: adding and removing members succeeds at a vendor where repeats are %s',
  async (repeatedMembership) => {
    await using acme = await apiHarness({ switches: { repeatedMembership, userGroups: 'names' } })
    await acme.fill()
    const join = { primaryEmail: bob, groupId: 'grp_001' }
    expect(await acme.mutate('addUserToGroup', join)).toMatchObject({ group: { groupId: 'grp_001' }, notes: [] })
    expect(await acme.mutate('addUserToGroup', join)).toMatchObject({ plan: [], notes: [expect.any(String)] })
    expect(await acme.mutate('removeUserFromGroup', join)).toMatchObject({ notes: [] })
    expect(await acme.mutate('removeUserFromGroup', join)).toMatchObject({ plan: [], notes: [expect.any(String)] })
    expect(acme.sent()).toEqual(['POST /groups/grp_001/members', `DELETE /groups/grp_001/members/${bob}`])
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test('memberships: a 409 or 404 is reported if a read shows that the change did not take effect', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  const refuse = (method: string, status: number) =>
    acme.simulator.faults.add({
      kind: 'status',
      status,
      method,
      path: 'members',
      times: 1,
      text: 'managed by the directory',
    })
  refuse('POST', 409)
  expect(await acme.mutate('addUserToGroup', { groupId: 'grp_002', primaryEmail: 'bob@example.com' })).toMatchObject({
    __typename: 'VendorFailure',
    status: 409,
    outcomeUnknown: false,
    message: expect.stringMatching(/managed by the directory.*the user is not in the group grp_002$/),
  })
  refuse('DELETE', 404)
  expect(
    await acme.mutate('removeUserFromGroup', { groupId: 'grp_001', primaryEmail: 'Anna.Muller@example.com' }),
  ).toMatchObject({
    __typename: 'VendorFailure',
    status: 404,
    message: expect.stringMatching(/still in the group grp_001$/),
  })
  refuse('POST', 409)
  expect(await acme.mutate('createUser', { primaryEmail: 'carl@example.com', groups: ['grp_002'] })).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['groups'],
    message: expect.stringMatching(/The user is not in grp_002: .*managed by the directory[^.]*\.$/),
  })
})

test('memberships: a user is removed from a group renamed since the last pull, at a vendor that shows group names', async () => {
  await using acme = await apiHarness({ switches: { userGroups: 'names' } })
  await acme.fill()
  acme.vendor.renameGroup('grp_001', 'Research')
  const leave = { primaryEmail: 'Anna.Muller@example.com', groupId: 'grp_001' }
  expect(await acme.mutate('removeUserFromGroup', leave)).toMatchObject({ settled: true, notes: [] })
  expect(acme.vendor.user(leave.primaryEmail)?.groups).toEqual([])
})
