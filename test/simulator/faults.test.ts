import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { basic, startVendor } from './vendor.ts'

const carl = { primaryEmail: 'carl@example.com', type: 'User' }
const bob = '/users/bob%40example.com'

test('faults: a status replaces the response the given number of times', async () => {
  await using vendor = await startVendor()
  const fault = vendor.simulator.faults.add({
    kind: 'status',
    status: 503,
    times: 2,
    text: 'later',
    headers: { 'retry-after': '7' },
  })
  const first = await vendor.call('POST', '/users', carl)
  expect([first.status, first.headers.get('retry-after'), first.json]).toEqual([503, '7', { message: 'later' }])
  expect((await vendor.call('POST', '/users', carl)).status).toBe(503)
  expect((await vendor.call('POST', '/users', carl)).status).toBe(201)
  expect(fault.fired).toBe(2)
  expect(vendor.simulator.requests.map((request) => [request.status, request.fault])).toEqual([
    [503, 'status'],
    [503, 'status'],
    [201, null],
  ])
})

test('faults: a status can have any body, and can come after the request was carried out', async () => {
  await using vendor = await startVendor()
  vendor.simulator.faults.add({ kind: 'status', status: 500, body: 'empty', acts: true, times: 1 })
  const { status, text } = await vendor.call('POST', '/users', carl)
  expect([status, text]).toEqual([500, ''])
  expect(vendor.organization.user(carl.primaryEmail)).toBeDefined()
  vendor.simulator.faults.add({ kind: 'status', status: 429, body: 'html', times: 1 })
  expect((await vendor.call('GET', '/users')).headers.get('content-type')).toMatch('text/html')
})

test('faults: a hanging request gets no response, and closing the simulator ends it', async () => {
  const vendor = await startVendor()
  const arrived = vendor.simulator.faults.add({ kind: 'hold', at: 'arrival', path: /^\/groups/ })
  const hang = vendor.simulator.faults.add({ kind: 'hang', path: /^\/users/, acts: true })
  const hanging = expect(vendor.call('POST', '/users', carl)).rejects.toThrow('fetch failed')
  const held = expect(vendor.call('GET', '/groups')).rejects.toThrow('fetch failed')
  await Promise.all([arrived.struck(), hang.struck()])
  await vendor.simulator.close()
  await Promise.all([hanging, held])
  expect(vendor.simulator.requests.map(({ status }) => status)).toEqual([null, null])
})

test('faults: a client can abort a hanging request, carried out or not', async () => {
  await using vendor = await startVendor()
  const send = async (acts: boolean, primaryEmail: string) => {
    const hang = vendor.simulator.faults.add({ kind: 'hang', acts, times: 1 })
    const controller = new AbortController()
    const { signal } = controller
    const headers = { authorization: basic('key', 'secret') }
    const body = JSON.stringify({ ...carl, primaryEmail })
    const sent = expect(
      fetch(`${vendor.simulator.url}/users`, { method: 'POST', headers, body, signal }),
    ).rejects.toThrow()
    await hang.struck()
    controller.abort()
    await sent
    return vendor.organization.user(primaryEmail) !== undefined
  }
  expect(await send(false, 'undone@example.com')).toBe(false)
  expect(await send(true, 'done@example.com')).toBe(true)
})

test('faults: a request held on arrival is carried out when it is released', async () => {
  await using vendor = await startVendor()
  const hold = vendor.simulator.faults.add({ kind: 'hold', at: 'arrival', method: 'GET' })
  const reading = vendor.call('GET', bob)
  await hold.struck()
  await vendor.call('PUT', bob, { firstName: 'Bob' })
  hold.release()
  expect((await reading).json).toMatchObject({ firstName: 'Bob' })
  expect((await vendor.call('GET', bob)).status).toBe(200)
})

test('faults: a request held with its response returns the state from before the hold', async () => {
  await using vendor = await startVendor()
  const hold = vendor.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET' })
  const readings = [vendor.call('GET', bob), vendor.call('GET', bob)]
  await hold.struck(2)
  await vendor.call('PUT', bob, { firstName: 'Bob' })
  hold.remove()
  for (const { json } of await Promise.all(readings)) expect(json).not.toHaveProperty('firstName')
  expect(hold.fired).toBe(2)
})

test.each(['cutBefore', 'cutAfter', 'cutMidway'] as const)('faults: %s loses the response', async (kind) => {
  await using vendor = await startVendor()
  vendor.simulator.faults.add({ kind, times: 1, method: 'POST' })
  await expect(vendor.call('POST', '/users', carl)).rejects.toThrow(
    kind === 'cutMidway' ? 'terminated' : 'fetch failed',
  )
  expect(vendor.organization.user(carl.primaryEmail) !== undefined).toBe(kind !== 'cutBefore')
  expect(vendor.simulator.requests).toMatchObject([{ status: null, fault: kind }])
  expect((await vendor.call('GET', '/users')).status).toBe(200)
})

test('faults: a proxy’s error page replaces the vendor’s response', async () => {
  await using vendor = await startVendor()
  vendor.simulator.faults.add({ kind: 'html', times: 1 })
  vendor.simulator.faults.add({ kind: 'html', status: 200, times: 1 })
  for (const expected of [502, 200]) {
    const { status, headers, text } = await vendor.call('DELETE', bob)
    expect([status, headers.get('content-type')]).toEqual([expected, 'text/html; charset=utf-8'])
    expect(text).toMatch(/^<!DOCTYPE html>/)
  }
  expect(vendor.organization.user('bob@example.com')).toBeDefined()
})

test('faults: JSON is truncated under its real status', async () => {
  await using vendor = await startVendor()
  const { text } = await vendor.call('GET', '/users')
  vendor.simulator.faults.add({ kind: 'truncatedJson', times: 1 })
  const cut = await vendor.call('GET', '/users')
  expect([cut.status, cut.json, cut.text]).toEqual([200, undefined, text.slice(0, Math.floor(text.length / 2))])
})

test('faults: JSON has an unexpected shape', async () => {
  await using vendor = await startVendor()
  vendor.simulator.faults.add({ kind: 'wrongShape', times: 1 })
  expect((await vendor.call('GET', '/users')).json).toEqual({ unexpected: [true] })
  vendor.simulator.faults.add({ kind: 'wrongShape', body: { users: 5 }, times: 1 })
  const { status, json } = await vendor.call('GET', '/users')
  expect([status, json]).toEqual([200, { users: 5 }])
})

test('faults: a refusal in the body keeps its shape, because its status is that of a success', async () => {
  await using vendor = await startVendor()
  vendor.organization.setSwitches({ refusesBy: 'body' })
  vendor.simulator.faults.add({ kind: 'wrongShape' })
  expect((await vendor.call('PUT', '/users/missing%40example.com', carl)).json).toMatchObject({ success: false })
  expect((await vendor.call('POST', '/users', carl)).json).toEqual({ unexpected: [true] })
})

test('faults: a write is accepted and stores something else', async () => {
  await using vendor = await startVendor()
  const fields = { lastName: 'CARLSEN', aliases: [] }
  const fault = vendor.simulator.faults.add({ kind: 'storesSomethingElse', fields })
  const body = { ...carl, lastName: 'Carlsen', aliases: ['c@example.com'] }
  expect((await vendor.call('POST', '/users', body)).json).toMatchObject({ lastName: 'Carlsen' })
  expect(vendor.organization.user(carl.primaryEmail)).toMatchObject(fields)
  expect((await vendor.call('PUT', bob, { firstName: 'Bob', lastName: 'Bee' })).json).toMatchObject({ lastName: 'Bee' })
  expect(vendor.organization.user('bob@example.com')).toMatchObject({ firstName: 'Bob', lastName: 'CARLSEN' })
  await vendor.call('GET', bob)
  await vendor.call('POST', '/groups/grp_001/members', { primaryEmail: 'bob@example.com' })
  expect(fault.fired).toBe(2)
})

test('faults: a write is accepted and not carried out', async () => {
  await using vendor = await startVendor()
  const before = vendor.organization.snapshot()
  const fault = vendor.simulator.faults.add({ kind: 'doesNothing' })
  const anna = 'anna.muller%40example.com'
  const statuses = [
    (await vendor.call('POST', '/users', carl)).status,
    (await vendor.call('PUT', bob, {})).status,
    (await vendor.call('DELETE', bob)).status,
    (await vendor.call('POST', '/groups/grp_002/members', { primaryEmail: 'bob@example.com' })).status,
    (await vendor.call('DELETE', `/groups/grp_001/members/${anna}`)).status,
    (await vendor.call('GET', bob)).status,
  ]
  expect(statuses).toEqual([201, 200, 204, 201, 204, 200])
  expect(vendor.organization.snapshot()).toEqual(before)
  expect(fault.fired).toBe(5)
})

test('faults: the request is carried out after the latency', async () => {
  const waited: number[] = []
  await using vendor = await startVendor({}, { pause: async (ms) => void waited.push(ms) })
  vendor.simulator.faults.add({ kind: 'latency', ms: 1500, times: 1 })
  expect((await vendor.call('GET', '/users')).status).toBe(200)
  expect((await vendor.call('GET', '/users')).status).toBe(200)
  expect(waited).toEqual([1500])
})

test('faults: a rule applies only to requests that match its method, path with query, and key', async () => {
  const organization = { apiSecret: 'secret', domains: ['example.com'] }
  await using simulator = await startSimulator({
    organizations: [
      { ...organization, apiKey: 'one' },
      { ...organization, apiKey: 'two' },
    ],
  })
  const fault = simulator.faults.add({
    kind: 'status',
    status: 418,
    method: 'get',
    path: /^\/users\?page=2$/g,
    apiKey: 'two',
  })
  const status = async (method: string, path: string, apiKey: string) =>
    (await fetch(`${simulator.url}${path}`, { method, headers: { authorization: basic(apiKey, 'secret') } })).status
  expect(await status('GET', '/users?page=2', 'one')).toBe(200)
  expect(await status('GET', '/users?page=1', 'two')).toBe(200)
  expect(await status('POST', '/users?page=2', 'two')).toBe(400)
  expect(await status('GET', '/users?page=2', 'two')).toBe(418)
  expect(await status('GET', '/users?page=2', 'two')).toBe(418)
  expect(fault.fired).toBe(2)
})

test('faults: a rule can let requests pass before it first applies', async () => {
  await using vendor = await startVendor()
  vendor.simulator.faults.add({ kind: 'status', status: 500, after: 2, times: 1 })
  const statuses = []
  for (let sent = 0; sent < 4; sent++) statuses.push((await vendor.call('GET', '/users')).status)
  expect(statuses).toEqual([200, 200, 500, 200])
})

test('faults: random rules select the same requests for the same seed', async () => {
  const pattern = async (seed: number) => {
    await using vendor = await startVendor({}, { seed })
    const fault = vendor.simulator.faults.add({ kind: 'status', status: 500, probability: 0.3 })
    let statuses = ''
    for (let sent = 0; sent < 60; sent++) statuses += (await vendor.call('GET', '/groups')).status === 500 ? 'x' : '.'
    expect(statuses.match(/x/g)).toHaveLength(fault.fired)
    return statuses
  }
  const first = await pattern(1)
  expect(first).toMatch(/x.*\./)
  expect(await pattern(1)).toBe(first)
  expect(await pattern(2)).not.toBe(first)
})

test('faults: the oldest matching rule decides, and removed rules no longer apply', async () => {
  await using vendor = await startVendor()
  const older = vendor.simulator.faults.add({ kind: 'status', status: 500 })
  const younger = vendor.simulator.faults.add({ kind: 'status', status: 501 })
  expect((await vendor.call('GET', '/users')).status).toBe(500)
  older.remove()
  expect((await vendor.call('GET', '/users')).status).toBe(501)
  expect([older.fired, younger.fired]).toEqual([1, 1])
  vendor.simulator.faults.clear()
  expect((await vendor.call('GET', '/users')).status).toBe(200)
  expect(vendor.simulator.faults.all).toEqual([])
})

test('faults: a faulted request uses up allowance, and a rate-limited one triggers no fault', async () => {
  await using vendor = await startVendor({ requestsPerMinute: 1 })
  const fault = vendor.simulator.faults.add({ kind: 'status', status: 500 })
  expect((await vendor.call('GET', '/users')).status).toBe(500)
  expect((await vendor.call('GET', '/users')).status).toBe(429)
  expect((await vendor.call('GET', '/users', undefined, null)).status).toBe(401)
  expect(fault.fired).toBe(1)
})

test('faults: an invalid rule is rejected', async () => {
  await using vendor = await startVendor()
  expect(() => vendor.simulator.faults.add(JSON.parse('{"kind":"explode"}'))).toThrow('kind')
  expect(() => vendor.simulator.faults.add(JSON.parse('{"kind":"hang","often":true}'))).toThrow('often')
})
