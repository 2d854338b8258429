import { expect, test } from 'vitest'
import { basic, noon, startVendor, startWith } from './vendor.ts'

const now = new Date(noon).toISOString()
const carl = { primaryEmail: 'Carl@example.com', type: 'User' }
const annaPath = '/users/anna.muller%40example.com'

test('writing: a create returns a short response, and the user can then be read', async () => {
  await using vendor = await startVendor()
  const body = {
    ...carl,
    firstName: 'Carl',
    aliases: ['c@example.com', 'C@example.com'],
    groups: ['grp_002'],
    shoeSize: 44,
  }
  const { status, json } = await vendor.call('POST', '/users', { ...body, password: 'hunter2' })
  expect([status, json]).toEqual([201, { ...carl, firstName: 'Carl' }])
  expect((await vendor.call('GET', '/users/carl%40example.com')).json).toEqual({
    primaryEmail: 'Carl@example.com',
    type: 'User',
    firstName: 'Carl',
    status: 'active',
    roles: ['USER'],
    aliases: ['C@example.com'],
    groups: ['grp_002'],
    shoeSize: 44,
    createdAt: now,
    updatedAt: now,
  })
  expect(vendor.organization.passwordOf('carl@example.com')).toBe('hunter2')
})

test('writing: a write returns the key, the names, or the whole user', async () => {
  await using vendor = await startWith({ writeAnswer: 'key' })
  expect((await vendor.call('POST', '/users', { ...carl, firstName: 'Carl' })).json).toEqual(carl)
  vendor.organization.setSwitches({ writeAnswer: 'whole' })
  const { json } = await vendor.call('PUT', '/users/carl%40example.com', { lastName: 'Carlsen' })
  expect(json).toEqual((await vendor.call('GET', '/users/carl%40example.com')).json)
  expect(json).toMatchObject({ lastName: 'Carlsen', roles: [], updatedAt: now })
})

test.each([
  ['no body', undefined],
  ['a body that is not JSON', '{'],
  ['a list', []],
  ['no address', { type: 'User' }],
  ['a bad address', { ...carl, primaryEmail: 'carl' }],
  ['no type', { primaryEmail: 'carl@example.com' }],
  ['an unknown type', { ...carl, type: 'USER' }],
  ['an unknown status', { ...carl, status: 'asleep' }],
  ['a bad alias', { ...carl, aliases: ['x'] }],
  ['aliases that are not a list', { ...carl, aliases: 'c@example.com' }],
  ['a negative mailbox', { ...carl, mailboxSize: -1 }],
  ['a spam policy that is not an object', { ...carl, spamPolicy: 'strict' }],
  ['an unknown group', { ...carl, groups: ['grp_404'] }],
  ['timestamps', { ...carl, createdAt: now }],
])('writing: a create with %s is rejected, and nothing is stored', async (_what, body) => {
  await using vendor = await startVendor()
  const before = vendor.organization.snapshot()
  expect((await vendor.call('POST', '/users', body)).status).toBe(400)
  expect(vendor.organization.snapshot()).toEqual(before)
})

test('writing: a rejection names a domain that is not registered, unless the check is off', async () => {
  await using vendor = await startVendor()
  const foreign = { ...carl, primaryEmail: 'carl@Example.ORG' }
  const { status, text } = await vendor.call('POST', '/users', foreign)
  expect(status).toBe(400)
  expect(text).toContain('example.org')
  vendor.organization.setSwitches({ domainsMustBeRegistered: false })
  expect((await vendor.call('POST', '/users', foreign)).status).toBe(201)
  expect((await vendor.call('POST', '/users', { ...carl, primaryEmail: 'carl@EXAMPLE.com' })).status).toBe(201)
})

test.each([409, 400] as const)(
  'writing: a duplicate is rejected with %i and a text that says so',
  async (duplicateCreate) => {
    await using vendor = await startWith({ duplicateCreate })
    const create = async (fields: object) => await vendor.call('POST', '/users', { ...carl, ...fields })
    const before = vendor.organization.snapshot()
    for (const fields of [
      { primaryEmail: 'ANNA.MULLER@example.com' },
      { primaryEmail: 'Anna@example.com' },
      { aliases: ['bob@example.com'] },
      { aliases: ['anna@example.com'] },
    ]) {
      const { status, text } = await create(fields)
      expect([status, text]).toEqual([duplicateCreate, expect.stringContaining('already exists')])
    }
    expect(vendor.organization.snapshot()).toEqual(before)
  },
)

test('writing: fields are required on creation if the switch is on', async () => {
  await using vendor = await startWith({ requiredOnCreate: ['firstName', 'lastName', 'password'] })
  const status = async (fields: object) => (await vendor.call('POST', '/users', { ...carl, ...fields })).status
  expect(await status({ firstName: 'C', lastName: 'C' })).toBe(400)
  expect(await status({ firstName: 'C', password: 'p' })).toBe(400)
  expect(await status({ lastName: 'C', password: 'p' })).toBe(400)
  expect(await status({ firstName: 'C', lastName: 'C', password: 'p' })).toBe(201)
})

test('writing: unknown roles are accepted or rejected', async () => {
  await using vendor = await startWith({ unknownRoles: 'refused' })
  expect((await vendor.call('PUT', '/users/bob%40example.com', { roles: ['KING'] })).status).toBe(400)
  vendor.organization.setSwitches({ unknownRoles: 'taken' })
  expect((await vendor.call('PUT', '/users/bob%40example.com', { roles: ['KING'] })).status).toBe(200)
  expect(vendor.organization.user('bob@example.com')?.roles).toEqual(['KING'])
})

test('writing: a PUT resets omitted fields, except groups and password', async () => {
  await using vendor = await startVendor()
  vendor.organization.updateUser('anna.muller@example.com', { password: 'kept', status: 'inactive' })
  const { status, json } = await vendor.call('PUT', annaPath, { lastName: 'Meier', spamPolicy: null })
  expect(status).toBe(200)
  expect(json).toEqual({ primaryEmail: 'Anna.Muller@example.com', type: 'User', lastName: 'Meier' })
  expect((await vendor.call('GET', annaPath)).json).toEqual({
    primaryEmail: 'Anna.Muller@example.com',
    lastName: 'Meier',
    type: 'User',
    status: 'active',
    roles: [],
    aliases: [],
    groups: ['grp_001'],
    createdAt: '2025-01-01T00:00:00.000Z',
    updatedAt: now,
  })
  expect(vendor.organization.passwordOf('anna.muller@example.com')).toBe('kept')
})

test('writing: a PUT of everything that was read changes only updatedAt', async () => {
  await using vendor = await startVendor()
  const before = vendor.organization.user('anna.muller@example.com')
  const read = (await vendor.call('GET', annaPath)).json as Record<string, unknown>
  const { primaryEmail: _1, type: _2, createdAt: _3, updatedAt: _4, ...rest } = read
  expect((await vendor.call('PUT', annaPath, { ...rest, password: 'new' })).status).toBe(200)
  expect(vendor.organization.user('anna.muller@example.com')).toEqual({ ...before, updatedAt: now })
  expect(vendor.organization.passwordOf('anna.muller@example.com')).toBe('new')
})

test.each(['primaryEmail', 'type', 'createdAt', 'updatedAt'])(
  'writing: a PUT that carries %s is rejected or tolerated',
  async (field) => {
    await using vendor = await startVendor()
    const read = (await vendor.call('GET', annaPath)).json as Record<string, unknown>
    const put = async () => (await vendor.call('PUT', annaPath, { [field]: read[field] })).status
    expect(await put()).toBe(400)
    vendor.organization.setSwitches({ systemFieldsInPut: 'tolerated' })
    expect(await put()).toBe(200)
    expect((await vendor.call('GET', annaPath)).json).toMatchObject({ createdAt: read.createdAt, updatedAt: now })
  },
)

test('writing: the address and the type never change, however tolerant the vendor is', async () => {
  await using vendor = await startWith({ systemFieldsInPut: 'tolerated' })
  expect((await vendor.call('PUT', annaPath, { primaryEmail: 'other@example.com' })).status).toBe(400)
  expect((await vendor.call('PUT', annaPath, { type: 'Alias' })).status).toBe(400)
  expect((await vendor.call('PUT', annaPath, { primaryEmail: 'ANNA.muller@example.com' })).status).toBe(200)
  expect(vendor.organization.user('anna.muller@example.com')?.primaryEmail).toBe('Anna.Muller@example.com')
})

test('writing: a PUT cannot take an address that is in use by another user, and can keep its own', async () => {
  await using vendor = await startVendor()
  vendor.organization.createUser({ primaryEmail: 'carl@example.com', aliases: ['anna@example.com'] })
  expect((await vendor.call('PUT', '/users/bob%40example.com', { aliases: ['ANNA@example.com'] })).status).toBe(409)
  expect((await vendor.call('PUT', '/users/carl%40example.com', { aliases: ['anna@example.com'] })).status).toBe(200)
})

test('writing: the groups of a PUT are ignored, or replace the others by id or name', async () => {
  await using vendor = await startVendor()
  const groupsAfter = async (body: object) => {
    expect((await vendor.call('PUT', annaPath, body)).status).toBe(200)
    return vendor.organization.user('anna.muller@example.com')?.groups
  }
  expect(await groupsAfter({ groups: ['grp_002'] })).toEqual(['grp_001'])
  vendor.organization.setSwitches({ groupsInPut: 'replaced' })
  expect(await groupsAfter({ groups: ['Finance', 'grp_001'] })).toEqual(['grp_001', 'grp_002'])
  expect(await groupsAfter({ groups: ['grp_002'] })).toEqual(['grp_002'])
  expect(await groupsAfter({})).toEqual([])
})

test('writing: a status that a PUT omits becomes active, null or absent', async () => {
  await using vendor = await startVendor()
  const statusAfter = async (body: object) => {
    expect((await vendor.call('PUT', annaPath, body)).status).toBe(200)
    const [row] = await vendor.rows('/users')
    const { json } = await vendor.call('GET', annaPath)
    expect(row?.status).toBe((json as { status?: unknown }).status)
    return row?.status
  }
  expect(await statusAfter({ status: null })).toBe('active')
  vendor.organization.setSwitches({ clearedStatus: 'null' })
  expect(await statusAfter({ status: null })).toBe(null)
  vendor.organization.setSwitches({ clearedStatus: 'absent' })
  expect(await statusAfter({ status: null })).toBe(undefined)
  expect(await statusAfter({ status: 'inactive' })).toBe('inactive')
  expect(await statusAfter({})).toBe('active')
})

test('writing: addresses are stored as sent or in lower case', async () => {
  await using vendor = await startWith({ addressCase: 'lowered' })
  expect((await vendor.call('POST', '/users', { ...carl, aliases: ['C@Example.com'] })).json).toEqual({
    ...carl,
    primaryEmail: 'carl@example.com',
  })
  expect(vendor.organization.user('CARL@example.com')).toMatchObject({ aliases: ['c@example.com'] })
})

test('writing: address lookup ignores case or respects it, depending on the switch', async () => {
  await using vendor = await startVendor()
  const loud = '/users/ANNA.MULLER%40example.com'
  expect((await vendor.call('GET', loud)).status).toBe(200)
  vendor.organization.setSwitches({ addressMatch: 'exact' })
  expect((await vendor.call('GET', '/users/Anna.Muller%40example.com')).status).toBe(200)
  const member = { primaryEmail: 'BOB@example.com' }
  for (const [method, path, body] of [
    ['GET', loud],
    ['PUT', loud, {}],
    ['DELETE', loud],
    ['POST', '/groups/grp_002/members', member],
    ['DELETE', '/groups/grp_001/members/ANNA.MULLER%40example.com'],
  ] as const) {
    expect((await vendor.call(method, path, body)).status).toBe(404)
  }
  expect((await vendor.call('POST', '/users', { ...carl, ...member })).status).toBe(409)
})

test('writing: a deleted user disappears immediately, with aliases, memberships and password', async () => {
  await using vendor = await startVendor()
  const { status, text } = await vendor.call('DELETE', annaPath)
  expect([status, text]).toEqual([204, ''])
  expect((await vendor.call('GET', annaPath)).status).toBe(404)
  expect((await vendor.call('DELETE', annaPath)).status).toBe(404)
  expect(vendor.organization.groups()).toMatchObject([{ memberCount: 0 }, { memberCount: 0 }])
  expect((await vendor.call('POST', '/users', { ...carl, aliases: ['anna@example.com'] })).status).toBe(201)
  expect((await vendor.call('POST', '/users', { ...carl, primaryEmail: 'anna.muller@example.com' })).status).toBe(201)
  expect(vendor.organization.user('anna.muller@example.com')).toMatchObject({ createdAt: now, aliases: [], groups: [] })
})

test('writing: the log keeps each request body without the password', async () => {
  await using vendor = await startVendor()
  const body = { ...carl, password: 'hunter2' }
  await vendor.call('POST', '/users?from=test', body)
  await vendor.call('POST', '/users', '{"password":"hunter2"')
  expect(vendor.simulator.requests).toEqual([
    {
      serial: 1,
      at: noon,
      arrivedAt: expect.any(Number),
      apiKey: 'key',
      method: 'POST',
      path: '/users',
      query: 'from=test',
      call: 'createUser',
      status: 201,
      bodyBytes: JSON.stringify(body).length,
      body: { ...carl, password: '***' },
      fault: null,
    },
    expect.objectContaining({ serial: 2, status: 400, body: null }),
  ])
  expect(JSON.stringify([vendor.simulator.requests, vendor.organization.snapshot()])).not.toContain('hunter2')
  vendor.simulator.clearRequests()
  expect(vendor.simulator.requests).toEqual([])
})

test('writing: a body that is not read to its end does not affect the next request', async () => {
  await using vendor = await startVendor()
  const large = { ...carl, note: 'x'.repeat(200_000) }
  expect((await vendor.call('POST', '/users', large, basic('key', 'wrong'))).status).toBe(401)
  expect((await vendor.call('GET', '/users')).status).toBe(200)
})
