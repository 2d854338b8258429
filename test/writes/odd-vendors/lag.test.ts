/**
 * Writes to a vendor that shows its own writes late: the result that callers get, the content of the mirror, and the
 * state that later reads must not undo.
 */
import { expect, test } from 'vitest'
import { forgetUnsettled, noteUnsettled } from '../../../src/mirror/unsettled-writes.ts'
import { settleWrites } from '../../../src/sync/point-read/settle-writes.ts'
import { type House, house, type Json } from '../harness/api-harness.ts'
import { mirrorState, vendorState } from '../harness/states.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'
const carla = 'carla@example.com'

/** A clock that advances only by sleeping, and by a millisecond with each reading. */
const lagging = (switches: Json) => house({ tickMs: 1, switches })

/** Lets the sync make the point reads that are due, as its job does. */
async function settleNow(acme: House): Promise<void> {
  await acme.database.sql`update unsettled_writes set due_at = clock_timestamp()`
  const sync = { sql: acme.database.sql, logger: acme.logger, historyDays: 400, clientOf: () => acme.client }
  await settleWrites(sync, acme.organizationId, new AbortController().signal)
}

async function unsettled({ database }: House): Promise<number> {
  return (await database.sql`select from unsettled_writes`).length
}

test.each<[string, Json, Json]>([
  ['createUser', { primaryEmail: carla, lastName: 'Ñandú', groups: ['grp_001'] }, { createLagMs: 3_000 }],
  ['createUser', { primaryEmail: carla, groups: ['grp_001'] }, { createLagMs: 3_000, writesToUnshown: 'refused' }],
  ['createUser', { primaryEmail: carla, groups: ['grp_001'] }, { createLagMs: 30, createStatus: 202 }],
  ['createUser', { primaryEmail: carla, groups: ['grp_001'] }, { membershipLagMs: 3_000 }],
  ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne', aliases: { set: [] } } }, { updateLagMs: 3_000 }],
  ['updateUser', { primaryEmail: anna, set: { lastName: null } }, { updateLagMs: 3_000 }],
  ['deleteUser', { primaryEmail: anna }, { deleteLagMs: 2_000 }],
  ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }, { membershipLagMs: 3_000 }],
  ['removeUserFromGroup', { primaryEmail: anna, groupId: 'grp_001' }, { membershipLagMs: 1_500 }],
])('lag: %s of %o settles once a vendor with %o shows it', async (field, input, switches) => {
  await using acme = await lagging(switches)
  await acme.fill()
  const answer = await acme.mutate(field, input)
  expect(answer).toMatchObject({ __typename: expect.stringMatching(/Success$/), settled: true, notes: [] })
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
  expect(await unsettled(acme)).toBe(0)
})

test.each<[string, Json, Json, Json]>([
  ['createUser', { primaryEmail: carla }, { createLagMs: 60_000 }, { user: null }],
  [
    'updateUser',
    { primaryEmail: anna, set: { firstName: 'Änne' } },
    { updateLagMs: 60_000 },
    { user: { firstName: 'Anna' } },
  ],
  ['deleteUser', { primaryEmail: anna }, { deleteLagMs: 60_000 }, { user: { deletedAt: null } }],
  [
    'addUserToGroup',
    { primaryEmail: bob, groupId: 'grp_001' },
    { membershipLagMs: 60_000 },
    { user: { groups: { edges: [] } } },
  ],
])(
  'lag: %s of %o succeeds without settling while a vendor with %o shows the old state',
  async (field, input, switches, holds) => {
    await using acme = await lagging(switches)
    await acme.fill()
    const keyed = { ...input, idempotencyKey: 'k' }
    const answer = await acme.mutate(field, keyed)
    expect(answer).toMatchObject({
      __typename: expect.stringMatching(/Success$/),
      settled: false,
      notes: [expect.stringContaining('does not show it yet')],
      ...holds,
    })
    const reads = acme.simulator.requests.filter(({ method }) => method === 'GET').length
    expect(reads).toBeLessThanOrEqual(field === 'createUser' ? 8 : 9)

    await settleNow(acme)
    expect(await unsettled(acme)).toBe(1)
    acme.pass(60_000)
    await settleNow(acme)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
    expect(await unsettled(acme)).toBe(0)

    // A repeat recognizes the result of its first attempt.
    expect(await acme.mutate(field, keyed)).toMatchObject({ __typename: answer.__typename, settled: true })
    expect(acme.sent()).toHaveLength(1)
  },
)

test.each<[string, Json, string]>([
  ['createUser', { primaryEmail: carla }, 'POST'],
  ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } }, 'PUT'],
  ['deleteUser', { primaryEmail: anna }, 'DELETE'],
  ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }, 'POST'],
])(
  'lag: %s of %o is not reported as failed if its response to %s is lost and it shows late',
  async (field, input, method) => {
    const [createLagMs, updateLagMs, deleteLagMs, membershipLagMs] = [5_000, 5_000, 5_000, 5_000]
    await using acme = await lagging({ createLagMs, updateLagMs, deleteLagMs, membershipLagMs })
    await acme.fill()
    acme.simulator.faults.add({ kind: 'cutAfter', method, times: 1 })
    const answer = await acme.mutate(field, input)
    expect(answer).toMatchObject({ __typename: expect.stringMatching(/Success$/), settled: true })
    expect(acme.sent()).toHaveLength(1)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test("lag: at a vendor with lower-case addresses and case-sensitive paths, reads use the vendor's spelling", async () => {
  await using acme = await lagging({ addressCase: 'lowered', addressMatch: 'exact', createLagMs: 500 })
  await acme.fill()
  for (const [primaryEmail, kind] of [
    ['Carla@Example.com', 'latency'],
    ['Dora@Example.com', 'wrongShape'],
  ] as const) {
    // The second response reports nothing about the user.
    acme.simulator.faults.add(
      kind === 'latency' ? { kind, ms: 0, method: 'POST', times: 1 } : { kind, body: {}, method: 'POST', times: 1 },
    )
    expect(await acme.mutate('createUser', { primaryEmail, groups: ['grp_001'] })).toMatchObject({
      __typename: 'CreateUserSuccess',
      settled: true,
      user: { primaryEmail: primaryEmail.toLowerCase(), groups: { edges: [{ node: { groupId: 'grp_001' } }] } },
    })
  }
})

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

test('lag: a new user that appears in another spelling only in the last read is found and joins its group', async () => {
  const switches = { addressCase: 'lowered', addressMatch: 'exact', createLagMs: 8_000, writesToUnshown: 'refused' }
  await using acme = await lagging(switches)
  await acme.fill()
  const primaryEmail = 'Zoe\u0308@Example.com'
  expect(await acme.mutate('createUser', { primaryEmail, groups: ['grp_001'] })).toMatchObject({
    __typename: 'CreateUserSuccess',
    settled: true,
  })
})

test('lag: polling ends when the process closes', async () => {
  const closing = new AbortController()
  await using acme = await house({ tickMs: 1, switches: { createLagMs: 60_000 }, closing: closing.signal })
  await acme.fill()
  closing.abort()
  expect(await acme.mutate('createUser', { primaryEmail: carla })).toMatchObject({ settled: false, user: null })
  expect(acme.simulator.requests).toHaveLength(2)
})

test.each<Json>([{ goneAnswer: 412 }, { goneAnswer: 403 }, { goneAnswer: 'body' }])(
  'lag: a deletion succeeds without settling at a vendor with odd reads of deleted users (%o)',
  async (switches) => {
    await using acme = await lagging(switches)
    await acme.fill()
    expect(await acme.mutate('deleteUser', { primaryEmail: anna })).toMatchObject({
      __typename: expect.stringMatching(/Success$/),
      settled: false,
      notes: [expect.stringMatching(/does not show it yet/)],
      user: { deletedAt: null },
    })
    expect(acme.vendor.user(anna)).toBeUndefined()
    acme.vendor.setSwitches({ goneAnswer: 404 })
    await settleNow(acme)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
    expect(await unsettled(acme)).toBe(0)
  },
)

test.each<Json>([{ goneAnswer: 412 }, { goneAnswer: 403 }, { goneAnswer: 'body' }])(
  'lag: a new user succeeds without settling at a vendor with odd reads of missing users (%o)',
  async (switches) => {
    await using acme = await lagging({ createLagMs: 60_000, ...switches })
    await acme.fill()
    expect(await acme.mutate('createUser', { primaryEmail: carla })).toMatchObject({
      __typename: 'CreateUserSuccess',
      settled: false,
      user: null,
    })
    acme.pass(60_000)
    await settleNow(acme)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
    expect(await unsettled(acme)).toBe(0)
  },
)

test('lag: an account with another createdAt proves no deletion, whether it was accepted or its response was lost', async () => {
  await using acme = await lagging({ deleteLagMs: 600_000 })
  await acme.fill()
  const account = acme.vendor.directory.find(anna) as { profile: object }
  const keyed = { primaryEmail: anna, idempotencyKey: 'k' }
  await acme.mutate('deleteUser', keyed)
  const moved = '2026-06-02T00:00:00.000Z'
  account.profile = { ...account.profile, createdAt: moved, updatedAt: moved }
  expect(await acme.mutate('deleteUser', keyed)).toMatchObject({
    settled: false,
    notes: [expect.any(String), expect.stringContaining('another createdAt')],
  })
  await acme.database.sql`update idempotency_keys set steps = jsonb_set(steps, '{delete,done}', 'false')`
  expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  expect(acme.sent()).toEqual([`DELETE /users/${anna}`])
})

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
  expect(await acme.mutate(field, { ...input, primaryEmail: 'nobody@example.com' })).toMatchObject({
    __typename: 'NotFound',
  })
})

test('lag: the previous account of the address does not settle a creation', async () => {
  await using acme = await lagging({})
  await acme.fill()
  const { organizationId, database } = acme
  const [former] = await database.sql<{ id: number }[]>`select id from users where primary_email = ${bob}`
  const write = {
    organizationId,
    primaryEmail: bob,
    kind: 'CREATE',
    userId: former?.id ?? null,
    actor: 'alice',
  } as const
  await noteUnsettled(database.sql, write)
  await settleNow(acme)
  expect(await unsettled(acme)).toBe(1)
  await noteUnsettled(database.sql, { ...write, userId: null })
  await settleNow(acme)
  expect(await unsettled(acme)).toBe(0)
})

test('lag: an unsettled deletion survives later changes at the address', async () => {
  await using acme = await lagging({ deleteLagMs: 90_000 })
  await acme.fill()
  expect(await acme.mutate('deleteUser', { primaryEmail: anna })).toMatchObject({ settled: false })
  // After a minute the vendor's copy is accepted.
  await acme.database.sql`update recent_writes set written_at = written_at - interval '60 seconds'`
  const { organizationId, database } = acme
  const change = { organizationId, primaryEmail: anna, kind: 'CHANGE', userId: null, actor: 'bob' } as const
  await noteUnsettled(database.sql, change)
  await forgetUnsettled(database.sql, organizationId, anna, { deletions: false })
  expect(await unsettled(acme)).toBe(1)
  acme.pass(90_000)
  await settleNow(acme)
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
  expect(await unsettled(acme)).toBe(0)
})
test.each<[string, Json, string, Json]>([
  ['deleteUser', { primaryEmail: anna }, 'DELETE', { goneAnswer: 412, deleteLagMs: 1_000 }],
  ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } }, 'PUT', { updateLagMs: 5_000 }],
])(
  'lag: %s of %o with a lost response is unknown if the reads fail before polling ends (%s, %o)',
  async (field, input, method, switches) => {
    await using acme = await lagging(switches)
    await acme.fill()
    acme.simulator.faults.add({ kind: 'cutAfter', method, times: 1 })
    if (method === 'PUT') acme.simulator.faults.add({ kind: 'status', status: 403, method: 'GET', after: 3 })
    expect(await acme.mutate(field, input)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  },
)
