import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { basic, startVendor, startWith } from './vendor.ts'

const anna = '/users/Anna.Muller%40example.com'

test('reading: a list has rows and the total', async () => {
  await using vendor = await startWith({ listCarries: [] })
  const { status, headers, json } = await vendor.call('GET', '/users')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch('application/json')
  expect(json).toEqual({
    users: [
      { primaryEmail: 'Anna.Muller@example.com', firstName: 'Anna', lastName: 'Müller', type: 'User' },
      { primaryEmail: 'bob@example.com', type: 'User' },
    ],
    total: 2,
  })
})

test('reading: a user is returned completely, without a password', async () => {
  await using vendor = await startVendor()
  vendor.organization.updateUser('anna.muller@example.com', {
    password: 'hunter2',
    updatedAt: '2025-02-01T00:00:00.000Z',
  })
  const { status, json } = await vendor.call('GET', anna)
  expect(status).toBe(200)
  expect(json).toEqual({
    primaryEmail: 'Anna.Muller@example.com',
    firstName: 'Anna',
    lastName: 'Müller',
    type: 'User',
    status: 'active',
    roles: ['USER', 'ADMINISTRATOR'],
    aliases: ['anna@example.com'],
    groups: ['grp_001'],
    mailboxSize: 2048,
    spamPolicy: { level: 'strict' },
    department: 'R&D',
    createdAt: '2025-01-01T00:00:00.000Z',
    updatedAt: '2025-02-01T00:00:00.000Z',
  })
})

test('reading: an address matches without case and is returned as stored', async () => {
  await using vendor = await startVendor()
  const { json } = await vendor.call('GET', '/users/ANNA.muller%40EXAMPLE.com')
  expect(json).toMatchObject({ primaryEmail: 'Anna.Muller@example.com' })
})

test('reading: no user is found by an alias or by an unused address', async () => {
  await using vendor = await startVendor()
  expect((await vendor.call('GET', '/users/anna%40example.com')).status).toBe(404)
  expect((await vendor.call('GET', '/users/missing%40example.com')).status).toBe(404)
})

test.each([
  'a+b@example.com',
  'a/b@example.com',
  '50%@example.com',
  "o'brien@example.com",
  'jürgen@example.com',
  'a?b#c@example.com',
  'a b@example.com',
])('reading: %s is found by its percent-encoded path, which the log keeps unchanged', async (primaryEmail) => {
  await using vendor = await startVendor({ data: { users: [{ primaryEmail }], groups: [{ name: 'Odd', id: 'a/b' }] } })
  const path = `/users/${encodeURIComponent(primaryEmail)}`
  expect((await vendor.call('GET', path)).json).toMatchObject({ primaryEmail })
  expect((await vendor.call('POST', '/groups/a%2Fb/members', { primaryEmail })).status).toBe(201)
  expect((await vendor.call('DELETE', `/groups/a%2Fb/members/${encodeURIComponent(primaryEmail)}`)).status).toBe(204)
  expect((await vendor.call('DELETE', path)).status).toBe(204)
  expect(vendor.simulator.requests.map((request) => request.path)).toEqual([
    path,
    '/groups/a%2Fb/members',
    `/groups/a%2Fb/members/${encodeURIComponent(primaryEmail)}`,
    path,
  ])
})

test('reading: a plus sign in a path is a plus sign, encoded or not', async () => {
  await using vendor = await startVendor({ data: { users: [{ primaryEmail: 'a+b@example.com' }] } })
  expect((await vendor.call('GET', '/users/a+b@example.com')).status).toBe(200)
})

test('reading: a malformed percent-encoding is rejected', async () => {
  await using vendor = await startVendor()
  expect((await vendor.call('GET', '/users/50%25%zz')).status).toBe(400)
})

test('reading: there is no list of a group’s members, and there are no other paths', async () => {
  await using vendor = await startVendor()
  const members = await vendor.call('GET', '/groups/grp_001/members')
  expect([members.status, members.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await vendor.call('PATCH', '/users')).headers.get('allow')).toBe('GET, POST')
  expect((await vendor.call('GET', '/groups/grp_001')).status).toBe(404)
  expect((await fetch(vendor.simulator.url.replace('/v2', '/v1/users'))).status).toBe(404)
})

test('reading: a missing or wrong key or secret gets 401, and a right one does not', async () => {
  await using vendor = await startVendor()
  const statusWith = async (authorization: string | null) =>
    (await vendor.call('GET', '/users', undefined, authorization)).status
  expect(await statusWith(null)).toBe(401)
  expect(await statusWith('Bearer key')).toBe(401)
  expect(await statusWith(basic('key', 'wrong'))).toBe(401)
  expect(await statusWith(basic('other', 'secret'))).toBe(401)
  expect(await statusWith(basic('key', 'secret'))).toBe(200)
  expect(vendor.simulator.requests.map(({ apiKey, status }) => [apiKey, status])).toEqual([
    [null, 401],
    [null, 401],
    ['key', 401],
    ['other', 401],
    ['key', 200],
  ])
})

test('reading: a 401 requests Basic authentication', async () => {
  await using vendor = await startVendor()
  const { headers } = await vendor.call('GET', '/users', undefined, null)
  expect(headers.get('www-authenticate')).toMatch(/^Basic/)
})

test('reading: a secret may hold colons and non-ASCII letters', async () => {
  await using vendor = await startVendor({ apiSecret: 'pä:ß:' })
  expect((await vendor.call('GET', '/users', undefined, basic('key', 'pä:ß:'))).status).toBe(200)
})

test('reading: a key can be blocked and its secret changed outside the API', async () => {
  await using vendor = await startVendor()
  vendor.organization.refuseKey()
  expect((await vendor.call('GET', '/users')).status).toBe(401)
  vendor.organization.refuseKey(false)
  vendor.organization.setCredentials({ apiSecret: 'new' })
  expect((await vendor.call('GET', '/users')).status).toBe(401)
  expect((await vendor.call('GET', '/users', undefined, basic('key', 'new'))).status).toBe(200)
})

test('reading: a key sees its own organization only', async () => {
  const other = { apiKey: 'other', apiSecret: 'secret', domains: ['example.org'] }
  await using simulator = await startSimulator({
    organizations: [other, { ...other, apiKey: 'third', data: { users: [{ primaryEmail: 'c@example.org' }] } }],
  })
  const totalFor = async (apiKey: string) => {
    const headers = { authorization: basic(apiKey, 'secret') }
    return (await (await fetch(`${simulator.url}/users`, { headers })).json()).total
  }
  expect([await totalFor('other'), await totalFor('third')]).toEqual([0, 1])
  expect(() => simulator.organization('key')).toThrow('no organization has the API key key')
})

test.each([
  ['message', 'application/json', (text: string) => JSON.parse(text).message],
  ['error', 'application/json', (text: string) => JSON.parse(text).error.message],
  ['errors', 'application/json', (text: string) => JSON.parse(text).errors[0].detail],
  ['text', 'text/plain', (text: string) => text],
  ['html', 'text/html', (text: string) => /<h1>(.*)<\/h1>/.exec(text)?.[1]],
] as const)('reading: an error carries its text as %s', async (errorBody, type, textOf) => {
  await using vendor = await startWith({ errorBody })
  const { status, headers, text } = await vendor.call('GET', '/users/missing%40example.com')
  expect([status, textOf(text)]).toEqual([404, 'the user does not exist'])
  expect(headers.get('content-type')).toMatch(type)
})

test('reading: an error may carry no text', async () => {
  await using vendor = await startWith({ errorBody: 'empty' })
  const { status, text, headers } = await vendor.call('GET', '/users/missing%40example.com')
  expect([status, text, headers.get('content-type')]).toEqual([404, '', null])
})

test('reading: an unknown switch is rejected, and so is an unknown value', async () => {
  await using vendor = await startVendor()
  expect(() => vendor.organization.setSwitches(JSON.parse('{"totals":"right"}'))).toThrow('totals')
  expect(() => vendor.organization.setSwitches(JSON.parse('{"total":"wrong"}'))).toThrow('total')
  expect(vendor.organization.switches.total).toBe('right')
})

test('reading: a request is carried out after the latency', async () => {
  const waited: number[] = []
  const pause = async (ms: number) => void waited.push(ms)
  await using vendor = await startVendor({ switches: { latencyMs: 80 } }, { pause })
  await vendor.call('GET', '/users')
  vendor.organization.setSwitches({ latencyMs: [10, 30] })
  for (let request = 0; request < 20; request++) await vendor.call('GET', '/users')
  expect(waited[0]).toBe(80)
  expect(new Set(waited.slice(1)).size).toBe(20)
  expect(waited.slice(1).every((ms) => ms >= 10 && ms < 30)).toBe(true)
})

test('reading: a closed simulator does not respond', async () => {
  const vendor = await startVendor()
  await vendor.simulator.close()
  await vendor.simulator.close()
  await expect(vendor.call('GET', '/users')).rejects.toThrow('fetch failed')
})

test('reading: a port that is in use is reported', async () => {
  await using vendor = await startVendor()
  const port = Number(new URL(vendor.simulator.url).port)
  await expect(startVendor({}, { port })).rejects.toThrow('EADDRINUSE')
})
