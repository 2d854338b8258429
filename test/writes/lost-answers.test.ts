/**
 * Writes whose response is lost at a vendor that shows its own writes late: the result that callers get, and the result
 * of a repeat.
 */
import { describe, expect, test } from 'vitest'
import { settleWrites } from '../../src/sync/point-read/settle-writes.ts'
import { type Api, apis } from '../support/api.ts'
import { type ApiHarness, apiHarness, type Json } from './harness/api-harness.ts'
import { mirrorState, vendorState } from './harness/states.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'
const carla = 'carla@example.com'

async function settleNow(acme: ApiHarness): Promise<void> {
  await acme.database.sql`update unsettled_writes set due_at = clock_timestamp()`
  const sync = { sql: acme.database.sql, logger: acme.logger, historyDays: 400, clientOf: () => acme.client }
  await settleWrites(sync, acme.organizationId, new AbortController().signal)
}

async function unsettled({ database }: ApiHarness): Promise<unknown[]> {
  return (await database.sql<{ kind: string }[]>`select kind from unsettled_writes`).map(({ kind }) => kind)
}

/** The writes that the API offers. */
const offered = <Row extends readonly [string, ...unknown[]]>(api: Api, rows: readonly Row[]) =>
  rows.filter(([field]) => api === 'v2' || !field.includes('Group'))

describe.each(apis)('with the API %s', (api) => {
  /** A clock that advances only by sleeping, and by a millisecond with each reading. */
  const lagging = (switches: Json) => apiHarness({ api, tickMs: 1, switches })

  test('lost response: waiting for an earlier write does not shorten the polling', async () => {
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

  test('lost response: the outcome is unknown if the process closes before polling ends', async () => {
    const closing = new AbortController()
    await using acme = await apiHarness({ api, tickMs: 1, switches: { createLagMs: 2_000 }, closing: closing.signal })
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

  test.each(
    offered(api, [
      ['createUser', { primaryEmail: carla }, 'POST', { createLagMs: 20_000 }, 'CREATE'],
      ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } }, 'PUT', { updateLagMs: 20_000 }, 'CHANGE'],
      ['deleteUser', { primaryEmail: anna }, 'DELETE', { deleteLagMs: 20_000 }, 'DELETE'],
      ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }, 'POST', { membershipLagMs: 20_000 }, 'CHANGE'],
    ] as const satisfies readonly (readonly [string, Json, string, Json, string])[]),
  )(
    'lost response: %s of %o is read again after polling (%s, %o), and a repeat with its key finds the result',
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

  test('lost response: a repeat sends a request again if the first one never arrived', async () => {
    await using acme = await lagging({})
    await acme.fill()
    acme.simulator.faults.add({ kind: 'cutBefore', method: 'DELETE', times: 1 })
    const keyed = { primaryEmail: anna, idempotencyKey: 'k' }
    expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: false })
    expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'DeleteUserSuccess', settled: true })
  })

  test('lost response: a repeated deletion succeeds if the vendor then has no such user', async () => {
    await using acme = await lagging({ deleteLagMs: 30_000 })
    await acme.fill()
    acme.simulator.faults.add({ kind: 'cutAfter', method: 'DELETE', times: 1 })
    const keyed = { primaryEmail: anna, idempotencyKey: 'k' }
    expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'VendorFailure' })
    // The vendor still shows the user, and answers the second request with 404.
    acme.simulator.faults.add({ kind: 'status', status: 404, method: 'DELETE', times: 1 })
    expect(await acme.mutate('deleteUser', keyed)).toMatchObject({ __typename: 'DeleteUserSuccess' })
  })

  test('lost response: a repeat of an accepted update stays unknown until the vendor shows it', async () => {
    await using acme = await lagging({ updateLagMs: 40_000 })
    await acme.fill()
    const keyed = { primaryEmail: anna, set: { firstName: 'Änne' }, idempotencyKey: 'k' }
    expect(await acme.mutate('updateUser', keyed)).toMatchObject({ settled: false })
    // As if the process had been killed just before it recorded the step as done.
    await acme.database.sql`update idempotency_keys set steps = jsonb_set(steps, '{replace,done}', 'false')`
    expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
    acme.pass(60_000)
    expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true })
    expect(acme.sent()).toHaveLength(1)
  })

  test.skipIf(api === 'v1')(
    "lost response: a repeat reconciles its own update before it waits for another caller's write",
    async () => {
      await using acme = await lagging({ membershipLagMs: 40_000 })
      await acme.fill()
      acme.simulator.faults.add({ kind: 'cutAfter', method: 'PUT', times: 1 })
      const away = acme.simulator.faults.add({ kind: 'status', status: 503, method: 'GET', after: 1 })
      const keyed = { primaryEmail: anna, set: { firstName: 'Änne' }, idempotencyKey: 'k' }
      expect(await acme.mutate('updateUser', keyed)).toMatchObject({
        __typename: 'VendorFailure',
        outcomeUnknown: true,
      })
      away.remove()
      const joined = await acme.mutate('addUserToGroup', { primaryEmail: anna, groupId: 'grp_002' }, '', 'bob')
      expect(joined).toMatchObject({ __typename: 'GroupMemberSuccess', settled: false })
      expect(await acme.mutate('updateUser', keyed)).toMatchObject({ __typename: 'UpdateUserSuccess' })
      expect(acme.sent()).toHaveLength(2)
    },
  )
})
