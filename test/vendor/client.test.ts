import { describe, expect, test } from 'vitest'
import type { Attempt } from '../../src/vendor/http/connection.ts'
import {
  answer,
  apiKey,
  apiSecret,
  background,
  clock,
  createHarness,
  failureOf,
  interactive,
  reset,
  startVendor,
} from './support.ts'

const once = { sentAt: clock(1), arrivedAt: clock(2), requests: 1, retries: 0, rateLimited: 0, warnings: [] }
const ann = { primaryEmail: 'ann@acme.test', type: 'User' }
const parsedAnn = { primaryEmail: 'ann@acme.test', type: 'User', raw: ann }

describe('each endpoint', () => {
  test('client: listUsers returns the page and the text that it was parsed from', async () => {
    await using vendor = await startVendor(answer(200, { users: [ann], total: 1 }))
    await using harness = createHarness(vendor)
    expect(await harness.client.listUsers({ page: 1, pageSize: 100 }, background)).toStrictEqual({
      ...once,
      value: { users: [parsedAnn], rows: 1, total: 1 },
      text: '{"users":[{"primaryEmail":"ann@acme.test","type":"User"}],"total":1}',
    })
  })

  test('client: listGroups returns the page and the text that it was parsed from', async () => {
    await using vendor = await startVendor(answer(200, { groups: [{ id: 1, name: 'Sales' }] }))
    await using harness = createHarness(vendor)
    expect(await harness.client.listGroups({ page: 3, pageSize: 50 }, background)).toStrictEqual({
      ...once,
      value: { groups: [{ id: '1', name: 'Sales' }], rows: 1 },
      text: '{"groups":[{"id":1,"name":"Sales"}]}',
    })
    expect(vendor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /v2/groups?page=3&pageSize=50'])
  })

  test('client: getUser returns the user and reports the fields that it could not parse', async () => {
    await using vendor = await startVendor(answer(200, { ...ann, status: 7 }))
    await using harness = createHarness(vendor)
    expect(await harness.client.getUser('ann@acme.test', interactive)).toStrictEqual({
      ...once,
      value: { ...parsedAnn, unrecognized: { status: '7' }, status: null, raw: { ...ann, status: 7 } },
      warnings: [{ path: 'status', found: 'a number' }],
    })
  })

  test('client: writes send the input unchanged', async () => {
    await using vendor = await startVendor(
      answer(201, ann),
      answer(200, ''),
      answer(204),
      answer(201, { groupId: 'g1', primaryEmail: 'ann@acme.test' }),
      answer(204),
    )
    await using harness = createHarness(vendor)
    const { client } = harness
    const values = [
      await client.createUser({ ...ann, password: 'hunter2' }, interactive),
      await client.updateUser('ann@acme.test', { firstName: 'Änn', undocumented: [1] }, interactive),
      await client.deleteUser('ann@acme.test', interactive),
      await client.addGroupMember('g1', 'ann@acme.test', interactive),
      await client.removeGroupMember('g1', 'ann@acme.test', interactive),
    ].map(({ value }) => value)
    expect(values).toEqual([parsedAnn, null, null, null, null])
    expect(vendor.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/v2/users', '{"primaryEmail":"ann@acme.test","type":"User","password":"hunter2"}'],
      ['PUT', '/v2/users/ann%40acme.test', '{"firstName":"Änn","undocumented":[1]}'],
      ['DELETE', '/v2/users/ann%40acme.test', ''],
      ['POST', '/v2/groups/g1/members', '{"primaryEmail":"ann@acme.test"}'],
      ['DELETE', '/v2/groups/g1/members/ann%40acme.test', ''],
    ])
  })

  test('client: every request names its user agent and accepted type, over one connection', async () => {
    await using vendor = await startVendor(answer(200, []), answer(201, ''))
    await using harness = createHarness(vendor)
    await harness.client.listUsers({ page: 1, pageSize: 100 }, background)
    await harness.client.createUser(ann, background)
    const common = {
      authorization: `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'essentials-graph',
      connection: 'keep-alive',
      host: new URL(vendor.baseUrl).host,
    }
    expect(vendor.requests.map(({ headers }) => ({ ...headers }))).toEqual([
      common,
      { ...common, 'content-type': 'application/json', 'content-length': '46' },
    ])
    expect(vendor.connections()).toBe(1)
  })

  test('client: a response in another charset is decoded with that charset', async () => {
    const latin = Buffer.from('{"primaryEmail":"a@b","firstName":"J\xfcrgen"}', 'latin1')
    await using vendor = await startVendor((response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' }).end(latin)
    })
    await using harness = createHarness(vendor)
    expect(await harness.client.getUser('a@b', background)).toMatchObject({ value: { firstName: 'Jürgen' } })
  })
})

describe('the allowance', () => {
  test('allowance: every request, retries included, takes a slot and returns it', async () => {
    await using vendor = await startVendor(reset, answer(503), answer(200, 'no JSON'), answer(200, [ann]))
    await using harness = createHarness(vendor)
    const attempts: Attempt[] = []
    const { signal } = new AbortController()
    const onAttempt = (attempt: Attempt) => attempts.push(attempt)
    const options = { priority: 'background', signal, maxWaitMs: 5_000, onAttempt } as const

    const {
      value: _value,
      text: _text,
      ...observed
    } = await harness.client.listUsers({ page: 1, pageSize: 100 }, options)

    expect(observed).toEqual({ ...once, sentAt: clock(7), arrivedAt: clock(8), requests: 4, retries: 3 })
    expect(harness.allowance.events).toEqual(Array(4).fill(['take', 'release']).flat())
    const wish = { priority: 'background', signal, maxWaitMs: 5_000, maxPauseMs: 120_000 }
    expect(harness.allowance.taken).toEqual(Array(4).fill(wish))
    expect(harness.sleeps).toEqual([250, 500, 1000])
    const common = { method: 'GET', endpoint: '/users', milliseconds: 0 }
    expect(attempts).toEqual([
      { ...common, outcome: 'UNREACHABLE', status: undefined, repeat: false },
      { ...common, outcome: 'SERVER_FAILURE', status: 503, repeat: true },
      { ...common, outcome: 'UNINTELLIGIBLE_ANSWER', status: 200, repeat: true },
      { ...common, outcome: 'OK', status: 200, repeat: true },
    ])
  })

  test('allowance: a call waits for slots no longer than its caller allows, over all of its requests', async () => {
    let now = 0
    await using vendor = await startVendor(answer(503), answer(200, []))
    await using harness = createHarness(vendor, { now: () => now })
    const { allowance } = harness
    const take = allowance.take.bind(allowance)
    allowance.take = async (options) => {
      now += 300
      return take(options)
    }
    await harness.client.listUsers({ page: 1, pageSize: 100 }, { priority: 'interactive', maxWaitMs: 1_000 })
    expect(allowance.taken.map(({ maxWaitMs }) => maxWaitMs)).toEqual([1_000, 700])
  })

  test('allowance: a 429 pauses the whole key after its slot was returned and before another is taken', async () => {
    await using vendor = await startVendor(answer(429, '', { 'retry-after': '7' }), answer(429), answer(201, ''))
    await using harness = createHarness(vendor)
    const observed = await harness.client.createUser(ann, interactive)
    expect(observed).toMatchObject({ requests: 3, retries: 2, rateLimited: 2, sentAt: clock(5), arrivedAt: clock(6) })
    expect(harness.allowance.events).toEqual([
      'take',
      'release',
      'pause',
      'take',
      'release',
      'pause',
      'take',
      'release',
    ])
    expect(harness.allowance.pauses).toEqual([7_000, 7_500])
    expect(harness.sleeps).toEqual([])
  })

  test('allowance: a response that reports no remaining requests pauses the key', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '20' }
    await using vendor = await startVendor(answer(200, [], headers))
    await using harness = createHarness(vendor)
    await harness.client.listUsers({ page: 1, pageSize: 100 }, background)
    expect(harness.allowance.pauses).toEqual([20_000])
  })

  test('allowance: a failure to pause the key does not discard the response', async () => {
    await using vendor = await startVendor(answer(429), answer(200, []))
    await using harness = createHarness(vendor)
    harness.allowance.pause = async () => {
      throw new Error('the database is away')
    }
    const observed = await harness.client.listUsers({ page: 1, pageSize: 100 }, background)
    expect(observed).toMatchObject({ requests: 2, rateLimited: 1 })
  })

  test('allowance: a body that cannot be serialized as JSON takes no slot', async () => {
    await using vendor = await startVendor(answer(201))
    await using harness = createHarness(vendor)
    await expect(harness.client.updateUser('a@b', { mailboxSize: 1n }, interactive)).rejects.toThrow(TypeError)
    expect(harness.allowance.taken).toEqual([])
  })
})

describe('the log', () => {
  test('log: requests are logged at debug and retries at warn, without addresses, bodies or secrets', async () => {
    await using vendor = await startVendor(answer(429, '', { 'retry-after': '7' }), answer(201, ''))
    await using harness = createHarness(vendor)
    await harness.client.updateUser('ann@acme.test', { password: 'hunter2' }, interactive)
    const common = { organization: 'acme', method: 'PUT', endpoint: '/users/{primaryEmail}' }
    expect(harness.lines).toEqual([
      { ...common, level: 20, status: 429, ms: 0, code: 'RATE_LIMITED', msg: 'request' },
      {
        ...common,
        level: 40,
        status: 429,
        code: 'RATE_LIMITED',
        request: 1,
        delayMs: 0,
        pauseMs: 7_000,
        msg: 'request failed, retrying',
      },
      { ...common, level: 20, status: 201, ms: 0, msg: 'request' },
    ])
  })
})

describe('closing', () => {
  test('closing: later calls are aborted', async () => {
    await using vendor = await startVendor(answer(200, []))
    const harness = createHarness(vendor)
    await harness.client.close()
    const error = await failureOf(harness.client.listUsers({ page: 1, pageSize: 100 }, background))
    expect([error.code, vendor.requests.length, harness.allowance.open()]).toEqual(['ABORTED', 0, 0])
  })

  test('closing: a request in flight completes', async () => {
    let closing: Promise<void> | undefined
    await using vendor = await startVendor((response) => {
      closing = harness.client.close()
      response.end('[]')
    })
    const harness = createHarness(vendor)
    expect(await harness.client.listUsers({ page: 1, pageSize: 100 }, background)).toMatchObject({ requests: 1 })
    await closing
  })
})
