/** HTTP features that servers and proxies between this product and the vendor may use unrequested. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { waitAskedFor } from '../../src/vendor/http/retry.ts'
import {
  answer,
  create,
  createHarness,
  failureOf,
  interactive,
  list,
  noRetries,
  type Reply,
  read,
  startVendor,
} from './support.ts'

const page = { users: [{ primaryEmail: 'bob@acme.test' }], total: 1 }
const json = Buffer.from(JSON.stringify(page))

function bytes(body: Buffer, encoding: string, status = 200): Reply {
  return (response) => response.writeHead(status, { 'content-encoding': encoding }).end(body)
}

describe('encoded bodies', () => {
  test.each<[string, Buffer]>([
    ['gzip', gzipSync(json)],
    ['GZIP', gzipSync(json)],
    ['x-gzip', gzipSync(json)],
    ['br', brotliCompressSync(json)],
    ['deflate', deflateSync(json)],
    ['deflate', deflateRawSync(json)],
    ['deflate, gzip', gzipSync(deflateSync(json))],
    ['identity', json],
    ['UTF-8', json],
    ['utf8', json],
    ['', json],
    ['none', json],
    ['gzip, identity', gzipSync(json)],
    ['gzip', json],
    ['br', Buffer.concat([Buffer.from('\uFEFF'), json])],
  ])('encoded bodies: %s is decoded', async (encoding, body) => {
    await using vendor = await startVendor(bytes(body, encoding))
    await using harness = createHarness(vendor, { retry: noRetries })
    expect(await list(harness)).toMatchObject({ value: { rows: 1, total: 1 }, text: json.toString() })
    expect(vendor.requests[0]?.headers['accept-encoding']).toBe('identity')
  })

  test.each<[string, string, Buffer, string]>([
    ['a decompression bomb', 'gzip', gzipSync(Buffer.alloc(50_000_000, ' ')), 'ANSWER_TOO_LARGE'],
    ['a brotli bomb', 'br', brotliCompressSync(Buffer.alloc(5_000_000, ' ')), 'ANSWER_TOO_LARGE'],
    ['a nested bomb', 'gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000))), 'ANSWER_TOO_LARGE'],
    ['half of a body', 'gzip', gzipSync(json).subarray(0, 30), 'TRUNCATED_ANSWER'],
    ['another encoding', 'compress', gzipSync(json), 'UNINTELLIGIBLE_ANSWER'],
    ['too many encodings', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(json))), 'UNINTELLIGIBLE_ANSWER'],
    ['a body that is not gzip', 'gzip', Buffer.from('no gzip'), 'UNINTELLIGIBLE_ANSWER'],
  ])('encoded bodies: %s is rejected', async (_what, encoding, body, code) => {
    await using vendor = await startVendor(bytes(body, encoding))
    await using harness = createHarness(vendor, { retry: noRetries, maxAnswerBytes: 100_000 })
    expect((await failureOf(list(harness))).code).toBe(code)
    expect(harness.allowance.open()).toBe(0)
  })

  test('encoded bodies: the text of a rejection is decoded', async () => {
    await using vendor = await startVendor(bytes(gzipSync(JSON.stringify({ message: 'no such plan' })), 'gzip', 422))
    await using harness = createHarness(vendor)
    expect((await failureOf(create(harness))).message).toContain('no such plan')
  })

  test('encoded bodies: a rejection that cannot be decoded is still a rejection', async () => {
    await using vendor = await startVendor(bytes(Buffer.from('no gzip'), 'gzip', 404))
    await using harness = createHarness(vendor)
    expect((await failureOf(read(harness))).code).toBe('NOT_FOUND')
  })
})

describe('redirects', () => {
  const to = (location: string, status: number): Reply => answer(status, '', { location })

  test.each([301, 302, 307, 308])('redirects: a read follows %i to the same origin', async (status) => {
    await using vendor = await startVendor(to('/v3/users?page=1', status), answer(200, page))
    await using harness = createHarness(vendor)
    expect(await list(harness)).toMatchObject({ value: { rows: 1 }, requests: 2, retries: 0 })
    expect(vendor.requests.map(({ url }) => url)).toEqual(['/v2/users?page=1&pageSize=100', '/v3/users?page=1'])
    expect(vendor.requests[1]?.headers.authorization).toBe(vendor.requests[0]?.headers.authorization)
    // Each request had a slot of the allowance.
    expect(harness.allowance.taken).toHaveLength(2)
    expect(harness.allowance.open()).toBe(0)
  })

  test('redirects: relative and absolute targets are resolved', async () => {
    const absolute: Reply = (response, request) =>
      response.writeHead(302, { location: `http://${request.headers.host}/v2/other?x=1#part` }).end()
    await using vendor = await startVendor(to('users/', 301), absolute, answer(200, page))
    await using harness = createHarness(vendor)
    await list(harness)
    expect(vendor.requests.map(({ url }) => url)).toEqual([
      '/v2/users?page=1&pageSize=100',
      '/v2/users/',
      '/v2/other?x=1',
    ])
  })

  test('redirects: three are followed, and the fourth is not', async () => {
    await using vendor = await startVendor(to('/v2/a', 302), to('/v2/b', 302), to('/v2/c', 302), answer(200, page))
    await using harness = createHarness(vendor)
    expect(await list(harness)).toMatchObject({ requests: 4 })
    await using endless = await startVendor(to('/v2/users', 307))
    await using other = createHarness(endless)
    const error = await failureOf(list(other))
    expect([error.code, endless.requests.length]).toEqual(['REDIRECTED', 4])
    expect(error.message).toContain('which is not followed after 3 redirects')
  })

  test('redirects: another origin, 303 and a missing or malformed target are not followed', async () => {
    await using elsewhere = await startVendor(answer(200, page))
    const { port } = new URL(elsewhere.baseUrl)
    for (const reply of [
      to(`${elsewhere.baseUrl}/users`, 302),
      to(`//127.0.0.1:${port}/v2/users`, 307),
      to('https://127.0.0.1/v2/users', 301),
      to('/v2/users', 303),
      to('http://[', 302),
      answer(302, ''),
    ]) {
      await using vendor = await startVendor(reply)
      await using harness = createHarness(vendor)
      expect((await failureOf(list(harness))).code).toBe('REDIRECTED')
      expect(vendor.requests).toHaveLength(1)
    }
    expect(elsewhere.requests).toEqual([])
  })

  test.each([301, 302, 307, 308])('redirects: a write does not follow %i', async (status) => {
    await using vendor = await startVendor(to('/v2/users', status), answer(201, ''))
    await using harness = createHarness(vendor)
    expect((await failureOf(create(harness))).code).toBe('REDIRECTED')
    expect(vendor.requests).toHaveLength(1)
  })

  test('redirects: a failure after a redirect is retried from the original URL', async () => {
    await using vendor = await startVendor(to('/v2/a', 302), answer(500), to('/v2/b', 302), answer(200, page))
    await using harness = createHarness(vendor)
    expect(await list(harness)).toMatchObject({ requests: 4, retries: 1 })
    expect(vendor.requests.map(({ url }) => url.split('?')[0])).toEqual(['/v2/users', '/v2/a', '/v2/users', '/v2/b'])
  })
})

describe('Retry-After on a 503', () => {
  test('Retry-After: background work waits for a short one', async () => {
    await using vendor = await startVendor(answer(503, '', { 'retry-after': '8' }), answer(200, page))
    await using harness = createHarness(vendor)
    await list(harness)
    expect(Math.max(...harness.sleeps)).toBeGreaterThan(7_000)
    expect(vendor.requests).toHaveLength(2)
  })

  test.each([
    ['120', 120_000],
    ['86400', 900_000],
  ])(
    'Retry-After: %s ends a background call immediately, and later ones are not sent until then',
    async (asked, waitMs) => {
      let now = Date.parse('2026-01-01T00:00:00Z')
      const sleeps: number[] = []
      await using vendor = await startVendor(
        answer(503, '', { 'retry-after': asked }),
        answer(200, page),
        answer(200, page),
      )
      await using harness = createHarness(vendor, {
        now: () => now,
        sleep: async (milliseconds) => {
          sleeps.push(milliseconds)
          now += milliseconds
        },
      })
      expect(waitAskedFor(await failureOf(list(harness)))).toBe(waitMs)
      const refused = await failureOf(list(harness))
      expect(refused).toMatchObject({ code: 'SERVER_FAILURE', retryable: true, outcomeUnknown: false })
      expect(waitAskedFor(refused)).toBe(waitMs)
      expect(vendor.requests).toHaveLength(1)
      // Interactive calls are not held back.
      await harness.client.listUsers({ page: 1, pageSize: 100 }, interactive)
      now += waitMs
      await list(harness)
      expect(vendor.requests).toHaveLength(3)
      expect(sleeps).toEqual([])
    },
  )

  test('Retry-After: an interactive call ends if the delay exceeds its wait limit', async () => {
    await using vendor = await startVendor(answer(503, '', { 'retry-after': '120' }))
    await using harness = createHarness(vendor)
    await failureOf(harness.client.listUsers({ page: 1, pageSize: 100 }, interactive))
    expect(vendor.requests).toHaveLength(1)
  })
})
