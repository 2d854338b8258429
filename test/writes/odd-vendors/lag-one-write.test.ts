/** A write to a vendor that shows it late: the result that its caller gets, and the content of the mirror. */
import { describe, expect, test } from 'vitest'
import { forgetUnsettled, noteUnsettled } from '../../../src/mirror/unsettled-writes.ts'
import { settleWrites } from '../../../src/sync/point-read/settle-writes.ts'
import { type Api, apis } from '../../support/api.ts'
import { type ApiHarness, apiHarness, type Json } from '../harness/api-harness.ts'
import { mirrorState, vendorState } from '../harness/states.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'
const carla = 'carla@example.com'

/** A clock that advances only by sleeping, and by a millisecond with each reading. */
const lagging = (switches: Json, api: Api = 'v2') => apiHarness({ api, tickMs: 1, switches })

/** Lets the sync make the point reads that are due, as its job does. */
async function settleNow(acme: ApiHarness): Promise<void> {
  await acme.database.sql`update unsettled_writes set due_at = clock_timestamp()`
  const sync = { sql: acme.database.sql, logger: acme.logger, historyDays: 400, clientOf: () => acme.client }
  await settleWrites(sync, acme.organizationId, new AbortController().signal)
}

async function unsettled({ database }: ApiHarness): Promise<number> {
  return (await database.sql`select from unsettled_writes`).length
}

/** The writes that the API offers. */
const offered = (api: Api) => (row: readonly unknown[]) => api === 'v2' || !JSON.stringify(row).includes('grp_')

describe.each(apis)('with the API %s', (api) => {
  test.each(
    (
      [
        ['createUser', { primaryEmail: carla, lastName: 'Ñandú', groups: ['grp_001'] }, { createLagMs: 3_000 }],
        [
          'createUser',
          { primaryEmail: carla, groups: ['grp_001'] },
          { createLagMs: 3_000, writesToUnshown: 'refused' },
        ],
        ['createUser', { primaryEmail: carla, groups: ['grp_001'] }, { createLagMs: 30, createStatus: 202 }],
        ['createUser', { primaryEmail: carla, groups: ['grp_001'] }, { membershipLagMs: 3_000 }],
        [
          'updateUser',
          { primaryEmail: anna, set: { firstName: 'Änne', aliases: { set: [] } } },
          { updateLagMs: 3_000 },
        ],
        ['updateUser', { primaryEmail: anna, set: { lastName: null } }, { updateLagMs: 3_000 }],
        ['deleteUser', { primaryEmail: anna }, { deleteLagMs: 2_000 }],
        ['createUser', { primaryEmail: carla, lastName: 'Ñandú' }, { createLagMs: 3_000 }],
        ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }, { membershipLagMs: 3_000 }],
        ['removeUserFromGroup', { primaryEmail: anna, groupId: 'grp_001' }, { membershipLagMs: 1_500 }],
      ] satisfies [string, Json, Json][]
    ).filter(offered(api)),
  )('lag: %s of %o settles once a vendor with %o shows it', async (field, input, switches) => {
    await using acme = await lagging(switches, api)
    await acme.fill()
    const answer = await acme.mutate(field, input)
    expect(answer).toMatchObject({ __typename: expect.stringMatching(/Success$/), settled: true, notes: [] })
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
    expect(await unsettled(acme)).toBe(0)
  })

  test.each(
    (
      [
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
      ] satisfies [string, Json, Json, Json][]
    ).filter(offered(api)),
  )(
    'lag: %s of %o succeeds without settling while a vendor with %o shows the old state',
    async (field, input, switches, holds) => {
      await using acme = await lagging(switches, api)
      await acme.fill()
      const keyed = { ...input, idempotencyKey: 'k' }
      const answer = await acme.mutate(field, keyed)
      expect(answer).toMatchObject({
        __typename: expect.stringMatching(/Success$/),
        settled: false,
        notes: [expect.stringContaining('does not show it yet')],
        ...holds,
      })
      // The registered domains and the directory sync are read once each.
      const isOfUsers = (path: string) => !/\/(?:domains|azure)$/.test(path)
      const reads = acme.simulator.requests.filter(({ method, path }) => method === 'GET' && isOfUsers(path)).length
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

  test.each(
    (
      [
        ['createUser', { primaryEmail: carla }, 'POST'],
        ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } }, 'PUT'],
        ['deleteUser', { primaryEmail: anna }, 'DELETE'],
        ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }, 'POST'],
      ] satisfies [string, Json, string][]
    ).filter(offered(api)),
  )(
    'lag: %s of %o is not reported as failed if its response to %s is lost and it shows late',
    async (field, input, method) => {
      const [createLagMs, updateLagMs, deleteLagMs, membershipLagMs] = [5_000, 5_000, 5_000, 5_000]
      await using acme = await lagging({ createLagMs, updateLagMs, deleteLagMs, membershipLagMs }, api)
      await acme.fill()
      acme.simulator.faults.add({ kind: 'cutAfter', method, times: 1 })
      const answer = await acme.mutate(field, input)
      expect(answer).toMatchObject({ __typename: expect.stringMatching(/Success$/), settled: true })
      expect(acme.sent()).toHaveLength(1)
      expect(await mirrorState(acme)).toEqual(vendorState(acme))
    },
  )
})

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
  await using acme = await apiHarness({ tickMs: 1, switches: { createLagMs: 60_000 }, closing: closing.signal })
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
