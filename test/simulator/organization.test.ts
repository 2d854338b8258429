import { expect, test } from 'vitest'
import { driftBetweenPages, editALittle } from '../../src/simulator/data/edits.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { noon, startVendor } from './vendor.ts'

const now = new Date(noon).toISOString()
const anna = 'anna.muller@example.com'

test('organization: an administrator creates, changes and deletes users outside the API', async () => {
  await using vendor = await startVendor()
  const { organization } = vendor
  const carl = { primaryEmail: 'carl@foreign.example', groups: ['grp_001'], password: 'p' }
  expect(organization.createUser(carl)).toEqual({
    primaryEmail: 'carl@foreign.example',
    type: 'User',
    roles: ['USER'],
    aliases: [],
    groups: ['grp_001'],
    status: 'active',
    createdAt: now,
    updatedAt: now,
    undocumented: {},
  })
  expect(organization.passwordOf('carl@foreign.example')).toBe('p')
  organization.updateUser(anna, { firstName: undefined, groups: ['grp_002'], undocumented: {} })
  const { json } = await vendor.call('GET', '/users/anna.muller%40example.com')
  expect(json).toMatchObject({ lastName: 'Müller', groups: ['grp_002'], updatedAt: now })
  expect(json).not.toHaveProperty('firstName')
  expect(json).not.toHaveProperty('department')
  organization.deleteUser(anna)
  expect(organization.user(anna)).toBeUndefined()
  expect(organization.users().map((user) => user.primaryEmail)).toEqual(['bob@example.com', 'carl@foreign.example'])
  expect(vendor.simulator.requests).toHaveLength(1)
})

test('organization: an administrator moves members and groups', async () => {
  await using vendor = await startVendor()
  const { organization } = vendor
  expect(organization.createGroup('Finance')).toEqual({ id: 'grp_003', name: 'Finance', memberCount: 0 })
  expect(organization.createGroup('Legal', 'law').id).toBe('law')
  organization.addMember('law', anna)
  organization.addMember('law', anna)
  organization.removeMember('grp_001', anna)
  organization.renameGroup('law', 'Lawyers')
  organization.deleteGroup('grp_002')
  expect(organization.groups()).toEqual([
    { id: 'grp_001', name: 'Engineering', memberCount: 0 },
    { id: 'grp_003', name: 'Finance', memberCount: 0 },
    { id: 'law', name: 'Lawyers', memberCount: 1 },
  ])
  organization.deleteGroup('law')
  expect(organization.user(anna)?.groups).toEqual([])
})

test('organization: an administrator can create collisions that the API rejects, but no duplicate address', async () => {
  await using vendor = await startVendor()
  vendor.organization.updateUser('bob@example.com', { aliases: ['anna@example.com', anna] })
  expect(vendor.organization.user('bob@example.com')?.aliases).toEqual(['anna@example.com', anna])
  expect(() => vendor.organization.createUser({ primaryEmail: anna })).toThrow('already exists')
  expect(() => vendor.organization.createGroup('Again', 'grp_001')).toThrow('the group grp_001 already exists')
})

test('organization: missing objects are reported', async () => {
  await using vendor = await startVendor()
  expect(() => vendor.organization.deleteUser('missing@example.com')).toThrow('unknown user missing@example.com')
  expect(() => vendor.organization.addMember('grp_404', anna)).toThrow('unknown group grp_404')
})

test('organization: copies do not change with later events', async () => {
  await using vendor = await startVendor()
  const [before, snapshot] = [vendor.organization.users(), vendor.organization.snapshot()]
  vendor.organization.updateUser(anna, { lastName: 'Meier', groups: [] })
  expect(before[0]).toMatchObject({ lastName: 'Müller', groups: ['grp_001'] })
  expect(snapshot.users[0]).toMatchObject({ lastName: 'Müller', groups: ['grp_001'] })
})

test('organization: equal states give equal snapshots, however they came about', async () => {
  await using one = await startVendor()
  await using other = await startVendor({
    data: {
      groups: [
        { name: 'Finance', id: 'grp_002' },
        { name: 'Engineering', id: 'grp_001' },
      ],
    },
  })
  for (const user of one.organization.users().reverse()) {
    other.organization.createUser({ ...user, roles: user.roles.toReversed() })
  }
  expect(other.organization.snapshot()).toEqual(one.organization.snapshot())
})

test('organization: a callback runs between two pages, and not before the first', async () => {
  await using vendor = await startVendor()
  const turns: unknown[] = []
  vendor.organization.betweenPages((turn) => turns.push(turn))
  await vendor.rows('/users?page=1&pageSize=1')
  await vendor.rows('/users?page=2&pageSize=1')
  await vendor.rows('/users?offset=2&limit=1')
  await vendor.rows('/groups?page=3&pageSize=10')
  vendor.organization.betweenPages(undefined)
  await vendor.rows('/users?page=2&pageSize=1')
  expect(turns).toEqual([
    { list: 'users', page: 2 },
    { list: 'users', page: 3 },
    { list: 'groups', page: 3 },
  ])
})

test('organization: a callback that throws gives a 500', async () => {
  await using vendor = await startVendor()
  vendor.organization.betweenPages(() => {
    throw new Error('oops')
  })
  const { status, text } = await vendor.call('GET', '/users?page=2')
  expect([status, text]).toEqual([500, '{"message":"Error: oops"}'])
})

test('organization: deleting a user between two pages makes the next page skip a row', async () => {
  await using vendor = await startVendor({ data: { users: 20, groups: 1 } })
  const all = vendor.organization.users().map((user) => user.primaryEmail)
  vendor.organization.betweenPages(() => vendor.organization.deleteUser(all[0] ?? ''))
  await vendor.rows('/users?page=1&pageSize=10')
  const second = await vendor.rows('/users?page=2&pageSize=10')
  expect(second.map((row) => row.primaryEmail)).toEqual(all.slice(11))
})

test('organization: a seeded drift replaces N users between two pages, the same for the same seed', async () => {
  const drifted = async (seed: number) => {
    await using vendor = await startVendor({ data: { users: 50, groups: 3 } })
    const { organization } = vendor
    const before = new Set(organization.users().map((user) => user.primaryEmail))
    organization.betweenPages(driftBetweenPages(organization, createRandom(seed), { creates: 5, deletes: 3 }))
    await vendor.rows('/users?page=2&pageSize=20')
    const after = organization.users().map((user) => user.primaryEmail)
    expect(after).toHaveLength(52)
    expect(after.filter((email) => before.has(email))).toHaveLength(47)
    return after
  }
  expect(await drifted(1)).toEqual(await drifted(1))
  expect(await drifted(1)).not.toEqual(await drifted(2))
})

test('organization: little edits of every kind are the same for the same seed, and report what they changed', async () => {
  const edited = async (seed: number) => {
    await using vendor = await startVendor({ data: { users: 60, groups: 6 } })
    const random = createRandom(seed)
    const before = vendor.organization.snapshot()
    const words = Array.from({ length: 200 }, () => editALittle(vendor.organization, random))
    expect(vendor.organization.snapshot()).not.toEqual(before)
    return { words, after: vendor.organization.snapshot() }
  }
  const first = await edited(1)
  expect(await edited(1)).toEqual(first)
  expect((await edited(2)).words).not.toEqual(first.words)
  for (const said of [
    / joined /,
    / left /,
    / is now called /,
    / is now HELPDESK/,
    / got the alias /,
    / lost the alias /,
    / is (in)?active now/,
    / was created as /,
    / was deleted, /,
  ]) {
    expect(first.words.filter((words) => said.test(words)).length).toBeGreaterThan(0)
  }
})

test('organization: each little edit changes the organization', async () => {
  await using vendor = await startVendor({ data: { users: 30, groups: 3 } })
  const random = createRandom(5)
  for (let done = 0; done < 60; done++) {
    const before = JSON.stringify(vendor.organization.snapshot())
    const words = editALittle(vendor.organization, random)
    expect(JSON.stringify(vendor.organization.snapshot()), words).not.toBe(before)
  }
})

test('organization: little edits work in an organization without users', async () => {
  await using vendor = await startVendor({ data: {} })
  expect(editALittle(vendor.organization, createRandom(1))).toMatch(/was created as .*@example\.com$/)
  expect(vendor.organization.userCount).toBe(1)
})
