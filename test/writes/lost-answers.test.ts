/** Writes whose answer gets lost at a vendor that shows its own writes late: what the caller is answered, and what a repeat finds. */
import { expect, test } from 'vitest'
import { settleWrites } from '../../src/sync/settle-writes.ts'
import { type House, house, type Json } from './house.ts'
import { mirrorState, vendorState } from './states.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'
const carla = 'carla@example.com'

/** Time passes by sleeping alone, but for a millisecond with each look. */
const lagging = (switches: Json) => house({ tickMs: 1, switches })

async function settleNow(acme: House): Promise<void> {
  await acme.database.sql`update unsettled_writes set due_at = clock_timestamp()`
  const sync = { sql: acme.database.sql, logger: acme.logger, historyDays: 400, clientOf: () => acme.client }
  await settleWrites(sync, acme.organizationId, new AbortController().signal)
}

async function unsettled({ database }: House): Promise<unknown[]> {
  return (await database.sql<{ kind: string }[]>`select kind from unsettled_writes`).map(({ kind }) => kind)
}

test('lost answer: it is polled for as long as ever after an earlier write was waited for', async () => {
  await using acme = await lagging({ updateLagMs: 13_000 })
  await acme.fill()
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })).toMatchObject({
    settled: false,
  })
  acme.vendor.setSwitches({ updateLagMs: 4_000 })
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'PUT', times: 1 })
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set: { lastName: 'Ñandú' } })).toMatchObject({
    __typename: 'UpdateUserSuccess',
    settled: true,
  })
  expect(acme.sent()).toHaveLength(2)
  expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Änne', lastName: 'Ñandú' })
})

test('lost answer: the outcome is unknown if the process closes before polling is over', async () => {
  const closing = new AbortController()
  await using acme = await house({ tickMs: 1, switches: { createLagMs: 2_000 }, closing: closing.signal })
  await acme.fill()
  closing.abort()
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'POST', times: 1 })
  const input = { primaryEmail: carla, idempotencyKey: 'k' }
  expect(await acme.mutate('createUser', input)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  expect(await unsettled(acme)).toEqual(['CREATE'])

  await using other = await acme.neighbour()
  acme.pass(60_000)
  await settleNow(acme)
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
  expect(await other.mutate('createUser', input)).toMatchObject({ __typename: 'CreateUserSuccess', settled: true })
  expect(acme.sent()).toHaveLength(1)
})

test.each<[string, Json, string, Json, string]>([
  ['createUser', { primaryEmail: carla }, 'POST', { createLagMs: 20_000 }, 'CREATE'],
  ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } }, 'PUT', { updateLagMs: 20_000 }, 'CHANGE'],
  ['deleteUser', { primaryEmail: anna }, 'DELETE', { deleteLagMs: 20_000 }, 'DELETE'],
  ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }, 'POST', { membershipLagMs: 20_000 }, 'CHANGE'],
])(
  'lost answer: %s of %o is read on after polling (%s, %o), and a repeat with its key finds what it did',
  async (field, input, method, switches, kind) => {
    await using acme = await lagging(switches)
    await acme.fill()
    acme.simulator.faults.add({ kind: 'cutAfter', method, times: 1 })
    const keyed = { ...input, idempotencyKey: 'k' }
    expect(await acme.mutate(field, keyed)).toMatchObject({ __typename: 'VendorFailure' })
    await settleNow(acme)
    expect(await unsettled(acme)).toEqual([kind])
    acme.pass(60_000)
    await settleNow(acme)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
    expect(await acme.mutate(field, keyed)).toMatchObject({
      __typename: expect.stringMatching(/Success$/),
      settled: true,
    })
    expect(acme.sent()).toHaveLength(1)
    expect(await unsettled(acme)).toEqual([])
  },
)

test('lost answer: a repeat of a request that never arrived sends it again', async () => {
  await using acme = await lagging({})
  await acme.fill()
  acme.simulator.faults.add({ kind: 'cutBefore', method: 'DELETE', times: 1 })
  const keyed = { primaryEmail: anna, idempotencyKey: 'k' }
  expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: false })
  expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'DeleteUserSuccess', settled: true })
})

test('lost answer: a deletion that is sent again is done if the vendor then has no such user', async () => {
  await using acme = await lagging({ deleteLagMs: 30_000 })
  await acme.fill()
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'DELETE', times: 1 })
  const keyed = { primaryEmail: anna, idempotencyKey: 'k' }
  expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'VendorFailure' })
  // The vendor shows the user still, and refuses the second request by 404.
  acme.simulator.faults.add({ kind: 'status', status: 404, method: 'DELETE', times: 1 })
  expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'DeleteUserSuccess' })
})

test('lost answer: a repeat of an update that the vendor accepted and does not show says that nobody can tell, until it is shown', async () => {
  await using acme = await lagging({ updateLagMs: 40_000 })
  await acme.fill()
  const keyed = { primaryEmail: anna, set: { firstName: 'Änne' }, idempotencyKey: 'k' }
  expect(await acme.mutate('updateUser', keyed)).toMatchObject({ settled: false })
  // As if the process had been killed right before it noted that the step was done.
  await acme.database.sql`update idempotency_keys set steps = jsonb_set(steps, '{replace,done}', 'false')`
  expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  acme.pass(60_000)
  expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true })
  expect(acme.sent()).toHaveLength(1)
})

test('lost answer: a repeat settles its own update before it waits for the write of another caller', async () => {
  await using acme = await lagging({ membershipLagMs: 40_000 })
  await acme.fill()
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'PUT', times: 1 })
  const away = acme.simulator.faults.add({ kind: 'status', status: 503, method: 'GET', after: 1 })
  const keyed = { primaryEmail: anna, set: { firstName: 'Änne' }, idempotencyKey: 'k' }
  expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  away.remove()
  const joined = await acme.mutate('addUserToGroup', { primaryEmail: anna, groupId: 'grp_002' }, '', 'bob')
  expect(joined).toMatchObject({ __typename: 'GroupMemberSuccess', settled: false })
  expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(acme.sent()).toHaveLength(2)
})
