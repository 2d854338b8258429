import { expect, test } from 'vitest'
import { noon, startVendor } from './vendor.ts'

const now = new Date(noon).toISOString()

test('memberships: a member is added and removed, and still exists without any group', async () => {
  await using vendor = await startVendor()
  const added = await vendor.call('POST', '/groups/grp_002/members', { primaryEmail: 'BOB@example.com' })
  expect([added.status, added.json]).toEqual([201, { groupId: 'grp_002', primaryEmail: 'bob@example.com' }])
  expect(vendor.organization.user('bob@example.com')?.groups).toEqual(['grp_002'])
  const removed = await vendor.call('DELETE', '/groups/grp_002/members/bob%40example.com')
  expect([removed.status, removed.text]).toEqual([204, ''])
  expect(vendor.organization.user('bob@example.com')?.groups).toEqual([])
})

test('memberships: unknown users and groups are not found', async () => {
  await using vendor = await startVendor()
  const add = async (group: string, primaryEmail: unknown) =>
    (await vendor.call('POST', `/groups/${group}/members`, { primaryEmail })).status
  expect(await add('grp_404', 'bob@example.com')).toBe(404)
  expect(await add('grp_001', 'missing@example.com')).toBe(404)
  expect(await add('grp_001', undefined)).toBe(400)
  expect((await vendor.call('DELETE', '/groups/grp_404/members/bob%40example.com')).status).toBe(404)
  expect((await vendor.call('DELETE', '/groups/grp_001/members/missing%40example.com')).status).toBe(404)
})

test('memberships: a repeated add or remove is accepted or rejected, depending on the switch', async () => {
  await using vendor = await startVendor()
  const repeat = async () => [
    (await vendor.call('POST', '/groups/grp_001/members', { primaryEmail: 'anna.muller@example.com' })).status,
    (await vendor.call('DELETE', '/groups/grp_001/members/bob%40example.com')).status,
  ]
  expect(await repeat()).toEqual([201, 204])
  vendor.organization.setSwitches({ repeatedMembership: 'refused' })
  expect(await repeat()).toEqual([409, 404])
})

test('memberships: updatedAt changes only if the switch is on', async () => {
  await using vendor = await startVendor()
  const updatedAt = () => vendor.organization.user('bob@example.com')?.updatedAt
  await vendor.call('POST', '/groups/grp_002/members', { primaryEmail: 'bob@example.com' })
  expect(updatedAt()).toBe('2024-01-01T00:00:00.000Z')
  vendor.organization.setSwitches({ membershipTouchesUser: true })
  await vendor.call('DELETE', '/groups/grp_002/members/bob%40example.com')
  expect(updatedAt()).toBe(now)
})
