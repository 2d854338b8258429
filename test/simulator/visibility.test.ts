import { expect, test } from 'vitest'
import type { Switches } from '../../src/simulator/options.ts'
import { noon, startVendor, type Vendor } from './vendor.ts'

const carl = { primaryEmail: 'carl@example.com', type: 'User' }
const bobPath = '/users/bob%40example.com'
const carlPath = '/users/carl%40example.com'

test('simulator: a new user is 404 and missing from lists until createLagMs has passed', async () => {
  await using vendor = await lagging({ createLagMs: 3_000 })
  expect((await vendor.call('POST', '/users', carl)).status).toBe(201)
  vendor.advance(2_999)
  expect((await vendor.call('GET', carlPath)).status).toBe(404)
  expect(await addresses(vendor)).not.toContain(carl.primaryEmail)
  expect((await vendor.call('POST', '/users', carl)).status).toBe(409)
  vendor.advance(1)
  expect((await vendor.call('GET', carlPath)).status).toBe(200)
  expect(await addresses(vendor)).toContain(carl.primaryEmail)
})

test('simulator: a create can be answered with 202', async () => {
  await using vendor = await lagging({ createStatus: 202 })
  expect((await vendor.call('POST', '/users', carl)).status).toBe(202)
})

test('simulator: a deleted user is read and listed until deleteLagMs has passed', async () => {
  await using vendor = await lagging({ deleteLagMs: 2_000, listCarries: ['groups'] })
  const path = '/users/anna.muller%40example.com'
  expect((await vendor.call('DELETE', path)).status).toBe(204)
  expect((await vendor.call('GET', path)).json).toMatchObject({ groups: ['grp_001'] })
  expect(await addresses(vendor)).toContain('Anna.Muller@example.com')
  expect((await vendor.rows('/groups'))[0]).toMatchObject({ memberCount: 1 })
  expect((await vendor.call('DELETE', path)).status).toBe(404)
  vendor.advance(2_000)
  expect((await vendor.call('GET', path)).status).toBe(404)
  expect(await addresses(vendor)).toEqual(['bob@example.com'])
  expect((await vendor.rows('/groups'))[0]).toMatchObject({ memberCount: 0 })
})

test('simulator: an address that was created anew shows the new user, or the deleted one until then', async () => {
  await using vendor = await lagging({ deleteLagMs: 5_000, createLagMs: 2_000 })
  await vendor.call('DELETE', bobPath)
  vendor.advance(1_000)
  await vendor.call('POST', '/users', { ...carl, primaryEmail: 'bob@example.com' })
  expect((await vendor.call('GET', bobPath)).json).toMatchObject({ createdAt: '2024-01-01T00:00:00.000Z' })
  vendor.advance(2_000)
  expect((await vendor.call('GET', bobPath)).json).toMatchObject({ createdAt: '2026-06-01T12:00:01.000Z' })
  expect(await addresses(vendor)).toHaveLength(2)
})

test('simulator: PUTs and memberships show late, each account in its order', async () => {
  await using vendor = await lagging({ updateLagMs: 3_000, membershipLagMs: 1_500, listCarries: ['groups', 'profile'] })
  const seen = async () => (await vendor.call('GET', bobPath)).json as Record<string, unknown>
  await vendor.call('PUT', bobPath, { firstName: 'Bob' })
  await vendor.call('POST', '/groups/grp_001/members', { primaryEmail: 'bob@example.com' })
  vendor.organization.setSwitches({ updateLagMs: 0 })
  await vendor.call('PUT', bobPath, { firstName: 'Robert' })
  expect(await seen()).toMatchObject({ groups: [] })
  expect(await seen()).not.toHaveProperty('firstName')
  vendor.advance(1_500)
  expect(await seen()).toMatchObject({ groups: ['grp_001'] })
  expect((await vendor.rows('/users'))[1]).toMatchObject({ groups: ['grp_001'] })
  expect((await vendor.rows('/users'))[1]).not.toHaveProperty('firstName')
  vendor.advance(1_500)
  expect(await seen()).toMatchObject({ firstName: 'Robert' })
  expect((await vendor.rows('/users'))[1]).toMatchObject({ firstName: 'Robert' })
})

test('simulator: the addresses of a deleted user, and removed aliases, stay taken for addressHeldMs', async () => {
  await using vendor = await lagging({ addressHeldMs: 6_000 })
  const anna = '/users/anna.muller%40example.com'
  const claims = async (alias: string) =>
    (await vendor.call('POST', '/users', { ...carl, aliases: [alias] })).status === 409
  await vendor.call('PUT', anna, {})
  await vendor.call('DELETE', bobPath)
  vendor.advance(5_999)
  expect(await claims('bob@example.com')).toBe(true)
  expect(await claims('anna@example.com')).toBe(true)
  expect((await vendor.call('PUT', anna, { aliases: ['anna@example.com'] })).status).toBe(200)
  await vendor.call('PUT', anna, {})
  vendor.advance(1)
  expect(await claims('bob@example.com')).toBe(false)
  expect(vendor.organization.visibility.heldAddresses).toBe(2)
})

test('simulator: writes to a user that is not shown yet are refused where the switch says so', async () => {
  await using vendor = await lagging({ createLagMs: 1_000, writesToUnshown: 'refused' })
  await vendor.call('POST', '/users', carl)
  const join = async () => (await vendor.call('POST', '/groups/grp_001/members', carl)).status
  expect(await join()).toBe(404)
  expect((await vendor.call('PUT', carlPath, {})).status).toBe(404)
  vendor.organization.setSwitches({ writesToUnshown: 'accepted' })
  expect(await join()).toBe(201)
})

test('simulator: lags between two bounds are drawn from the seed, and an admin’s edit shows at once', async () => {
  const draw = async () => {
    await using vendor = await lagging({ createLagMs: [100, 5_000] }, 7)
    await vendor.call('POST', '/users', carl)
    let lag = 0
    for (; (await vendor.call('GET', carlPath)).status === 404; lag += 100) vendor.advance(100)
    return lag
  }
  const lag = await draw()
  expect(lag).toBeGreaterThan(0)
  expect(lag).toBeLessThanOrEqual(5_000)
  expect(await draw()).toBe(lag)

  await using vendor = await lagging({ updateLagMs: 1_000 })
  await vendor.call('PUT', bobPath, { firstName: 'Bob' })
  vendor.organization.updateUser('bob@example.com', { lastName: 'Builder' })
  expect((await vendor.call('GET', bobPath)).json).toMatchObject({ firstName: 'Bob', lastName: 'Builder' })
})

async function lagging(
  switches: Partial<Switches>,
  seed = 1,
): Promise<Vendor & { readonly advance: (ms: number) => void }> {
  let now = noon
  const vendor = await startVendor({ switches }, { clock: () => now, seed })
  return Object.assign(vendor, {
    advance: (ms: number) => {
      now += ms
    },
  })
}

async function addresses(vendor: Vendor): Promise<unknown[]> {
  return (await vendor.rows('/users')).map(({ primaryEmail }) => primaryEmail)
}
