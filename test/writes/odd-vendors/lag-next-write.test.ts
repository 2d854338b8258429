/** A write to a user whose last write the vendor does not show yet: it must not undo that write, nor miss the user. */
import { expect, test } from 'vitest'
import { apiHarness, type Json } from '../harness/api-harness.ts'
import { mirrorState, vendorState } from '../harness/states.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'
const carla = 'carla@example.com'

/** A clock that advances only by sleeping, and by a millisecond with each reading. */
const lagging = (switches: Json) => apiHarness({ tickMs: 1, switches })

test("lag: a PUT is not built from a copy that lacks this product's last write, even one of another process", async () => {
  await using acme = await lagging({ updateLagMs: 12_000, membershipLagMs: 12_000, groupsInPut: 'replaced' })
  await using other = await acme.neighbour()
  await acme.fill()
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })).toMatchObject({
    settled: false,
  })
  expect(await acme.mutate('addUserToGroup', { primaryEmail: anna, groupId: 'grp_002' })).toMatchObject({
    settled: false,
  })
  const set = { lastName: 'Ñandú' }
  expect(await other.mutate('updateUser', { primaryEmail: anna, set })).toMatchObject({
    __typename: 'UpdateUserSuccess',
  })
  expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Änne', lastName: 'Ñandú', groups: ['grp_001', 'grp_002'] })
})

test('lag: a PUT does not restore a membership of a group whose name another group shares', async () => {
  const switches = { userGroups: 'names', membershipLagMs: 5_000, groupsInPut: 'replaced' }
  await using acme = await lagging(switches)
  acme.vendor.createGroup('Engineering', 'grp_009')
  await acme.fill()
  await acme.mutate('removeUserFromGroup', { primaryEmail: anna, groupId: 'grp_001' })
  const set = { lastName: 'Ñandú' }
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set })).toMatchObject({
    __typename: 'UpdateUserSuccess',
  })
  expect(acme.vendor.user(anna)).toMatchObject({ lastName: 'Ñandú', groups: [] })
})

test("lag: an update sends nothing while the last write does not show; after 60 s the vendor's copy is accepted", async () => {
  await using acme = await lagging({ updateLagMs: 600_000 })
  await acme.fill()
  await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
  const update = () => acme.mutate('updateUser', { primaryEmail: anna, set: { lastName: 'Ñandú' } })
  expect(await update()).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: false })
  expect(acme.sent()).toHaveLength(1)
  await acme.database.sql`update recent_writes set written_at = written_at - interval '60 seconds'`
  expect(await update()).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(acme.sent()).toHaveLength(2)
})

test("lag: a copy that another client changed after this product's write is accepted immediately", async () => {
  await using acme = await lagging({})
  await acme.fill()
  await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
  acme.vendor.updateUser(anna, { firstName: 'Console' })
  const set = { lastName: 'Ñandú' }
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set })).toMatchObject({
    settled: true,
    user: { firstName: 'Console' },
  })
  expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Console', lastName: 'Ñandú' })
})

test('lag: a membership that the copy still shows is added again after its removal', async () => {
  await using acme = await lagging({ membershipLagMs: 15_000 })
  await acme.fill()
  const input = { primaryEmail: anna, groupId: 'grp_001' }
  expect(await acme.mutate('removeUserFromGroup', input)).toMatchObject({ settled: false })
  expect(await acme.mutate('addUserToGroup', input)).toMatchObject({ __typename: 'GroupMemberSuccess' })
  expect(acme.vendor.user(anna)?.groups).toEqual(['grp_001'])
})

test("lag: an address that stays taken after this product's deletion is created once it is free", async () => {
  await using acme = await lagging({ addressHeldMs: 6_000 })
  await acme.fill()
  await acme.mutate('deleteUser', { primaryEmail: anna })
  const created = await acme.mutate('createUser', { primaryEmail: 'new@example.com', aliases: ['anna@example.com'] })
  expect(created).toMatchObject({ __typename: 'CreateUserSuccess', settled: true })
  // An address that this product did not free is rejected immediately.
  expect(await acme.mutate('createUser', { primaryEmail: bob })).toMatchObject({ __typename: 'AlreadyExists' })
})

test.each([
  ['updateUser', 'PUT', { primaryEmail: bob, set: { aliases: { add: ['anna@example.com'] } } }],
  ['createUser', 'POST', { primaryEmail: carla, aliases: ['anna@example.com'] }],
])(
  "lag: %s takes an alias that was just freed, whatever the text of the vendor's first rejection",
  async (field, method, input) => {
    await using acme = await lagging({})
    await acme.fill()
    await acme.mutate('updateUser', { primaryEmail: anna, set: { aliases: { set: [] } } })
    const text = 'anna@example.com belongs to another account'
    acme.simulator.faults.add({ kind: 'status', method, status: 400, text, times: 3 })
    expect(await acme.mutate(field, input)).toMatchObject({
      __typename: expect.stringMatching(/Success$/),
      settled: true,
    })
    // An address that this product did not free is rejected immediately.
    acme.simulator.faults.add({ kind: 'status', method: 'PUT', status: 400, text, times: 3 })
    const other = { primaryEmail: bob, set: { aliases: { add: ['other@example.com'] } } }
    expect(await acme.mutate('updateUser', other)).toMatchObject({ __typename: 'InvalidInput' })
  },
)

test.each<[string, Json, string]>([
  ['addUserToGroup', { primaryEmail: carla, groupId: 'grp_001' }, 'GroupMemberSuccess'],
  ['updateUser', { primaryEmail: carla, set: { firstName: 'Carla' } }, 'UpdateUserSuccess'],
  ['deleteUser', { primaryEmail: carla }, 'DeleteUserSuccess'],
  ['createUser', { primaryEmail: carla }, 'AlreadyExists'],
])('lag: %s of %o waits for a user whose creation was just accepted', async (field, input, answered) => {
  await using acme = await lagging({ createLagMs: 14_000 })
  await acme.fill()
  expect(await acme.mutate('createUser', { primaryEmail: carla })).toMatchObject({ settled: false })
  const answer = await acme.mutate(field, input)
  expect(answer).toMatchObject({ __typename: answered })
  if (answered === 'AlreadyExists') expect(answer).toMatchObject({ bearer: { primaryEmail: carla } })
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test.each<[string, Json]>([
  ['addUserToGroup', { primaryEmail: carla, groupId: 'grp_001' }],
  ['deleteUser', { primaryEmail: carla }],
])('lag: %s of %o is not NotFound while a creation that was just accepted does not show', async (field, input) => {
  await using acme = await lagging({ createLagMs: 60_000 })
  await acme.fill()
  await acme.mutate('createUser', { primaryEmail: carla })
  expect(await acme.mutate(field, input)).toMatchObject({
    __typename: 'VendorFailure',
    outcomeUnknown: false,
    message: expect.stringMatching(/less than a minute ago/),
  })
  expect(await acme.mutate('createUser', { primaryEmail: carla })).toMatchObject({
    __typename: 'AlreadyExists',
    message: expect.stringMatching(/The user carla@example.com already exists.*does not show it yet/),
  })
  expect(await acme.mutate(field, { ...input, primaryEmail: 'missing@example.com' })).toMatchObject({
    __typename: 'NotFound',
  })
})
