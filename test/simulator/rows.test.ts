import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { startVendor, startWith } from './vendor.ts'

const anna = '/users/Anna.Muller%40example.com'

test.each([
  ['status', { status: 'active' }],
  ['profile', { mailboxSize: 2048, spamPolicy: { level: 'strict' }, department: 'R&D' }],
  ['roles', { roles: ['USER', 'ADMINISTRATOR'] }],
  ['aliases', { aliases: ['anna@example.com'] }],
  ['groups', { groups: ['grp_001'] }],
  ['timestamps', { createdAt: '2025-01-01T00:00:00.000Z', updatedAt: '2025-02-01T00:00:00.000Z' }],
] as const)('rows: they carry %s if the switch is on, and nothing else', async (section, fields) => {
  await using vendor = await startWith({ listCarries: [section] })
  const basics = { primaryEmail: 'Anna.Muller@example.com', firstName: 'Anna', lastName: 'Müller', type: 'User' }
  expect((await vendor.rows('/users'))[0]).toEqual({ ...basics, ...fields })
})

test('rows: rows with all fields equal the point read of each user', async () => {
  await using vendor = await startVendor({ data: { users: 60, groups: 7 }, switches: { listCarries: everySection } })
  for (const row of await vendor.rows('/users')) {
    expect((await vendor.call('GET', `/users/${encodeURIComponent(String(row.primaryEmail))}`)).json).toEqual(row)
  }
})

test('rows: the groups of a user are ids or names', async () => {
  await using vendor = await startWith({ userGroups: 'names', listCarries: ['groups'] })
  expect((await vendor.call('GET', anna)).json).toMatchObject({ groups: ['Engineering'] })
  expect((await vendor.rows('/users'))[0]).toMatchObject({ groups: ['Engineering'] })
})

test('rows: the member count of a group is right, wrong by a number, or absent', async () => {
  await using vendor = await startVendor()
  const counts = async () => (await vendor.rows('/groups')).map((row) => row.memberCount)
  expect(await vendor.rows('/groups')).toEqual([
    { id: 'grp_001', name: 'Engineering', memberCount: 1 },
    { id: 'grp_002', name: 'Finance', memberCount: 0 },
  ])
  vendor.organization.setSwitches({ memberCount: 2 })
  expect(await counts()).toEqual([3, 2])
  vendor.organization.setSwitches({ memberCount: -1 })
  expect(await counts()).toEqual([0, 0])
  vendor.organization.setSwitches({ memberCount: 'absent' })
  expect(await counts()).toEqual([undefined, undefined])
})

test('rows: a row is rebuilt after every change to it', async () => {
  await using vendor = await startWith({ listCarries: everySection, userGroups: 'names' })
  const bob = async () => (await vendor.rows('/users'))[1]
  const before = await bob()
  vendor.organization.addMember('grp_002', 'bob@example.com')
  expect(await bob()).toEqual({ ...before, groups: ['Finance'] })
  vendor.organization.renameGroup('grp_002', 'Money')
  expect(await bob()).toEqual({ ...before, groups: ['Money'] })
  vendor.organization.deleteGroup('grp_002')
  expect(await bob()).toEqual(before)
  vendor.organization.updateUser('bob@example.com', { status: 'inactive', updatedAt: '2025-01-01T00:00:00.000Z' })
  expect(await bob()).toEqual({ ...before, status: 'inactive', updatedAt: '2025-01-01T00:00:00.000Z' })
})
