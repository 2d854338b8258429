import { describe, expect, test } from 'vitest'
import { encodeSegment, splitBaseUrl } from '../../src/vendor/http/path.ts'
import { answer, background, createHarness, startVendor } from './support.ts'

const odd = [
  ['plain@acme.test', 'plain%40acme.test'],
  ['a+tag@acme.test', 'a%2Btag%40acme.test'],
  ['a/b@acme.test', 'a%2Fb%40acme.test'],
  ['100%@acme.test', '100%25%40acme.test'],
  ['100%2F@acme.test', '100%252F%40acme.test'],
  ["o'neil@acme.test", 'o%27neil%40acme.test'],
  ['jürgen@acme.test', 'j%C3%BCrgen%40acme.test'],
  ['"a b"@acme.test', '%22a%20b%22%40acme.test'],
  ['!(*)?#&=;@acme.test', '%21%28%2A%29%3F%23%26%3D%3B%40acme.test'],
  ['../x@acme.test', '..%2Fx%40acme.test'],
  ['..@acme.test', '..%40acme.test'],
  ['-._~@acme.test', '-._~%40acme.test'],
  ['\ud800@acme.test', '%EF%BF%BD%40acme.test'],
] as const

describe('an address in a path', () => {
  test.each(odd)('path: %s is encoded as %s', (address, encoded) => {
    expect(encodeSegment(address)).toBe(encoded)
  })

  test.each(odd)('path: %s reaches the vendor as one segment, unchanged', async (address, encoded) => {
    await using vendor = await startVendor(answer(204))
    await using harness = createHarness(vendor)
    await harness.client.removeGroupMember('a group/1', address, background)
    expect(vendor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE /v2/groups/a%20group%2F1/members/${encoded}`,
    ])
  })

  test.each(['', '.', '..'])(
    'path: %j is rejected before a slot is taken, because it would name another resource',
    async (address) => {
      await using vendor = await startVendor(answer(204))
      await using harness = createHarness(vendor)
      await expect(harness.client.deleteUser(address, background)).rejects.toThrow(TypeError)
      expect([vendor.requests, harness.allowance.taken]).toEqual([[], []])
    },
  )
})

describe('the base URL', () => {
  test.each([
    ['https://api.proofpoint.com/v2', 'https://api.proofpoint.com', '/v2'],
    ['https://api.proofpoint.com/v2/', 'https://api.proofpoint.com', '/v2'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', ''],
    ['http://proxy.test/a/b//', 'http://proxy.test', '/a/b'],
  ])('base URL: %s becomes %s and %s', (baseUrl, origin, basePath) => {
    expect(splitBaseUrl(baseUrl)).toEqual({ origin, basePath })
  })

  test.each([
    '',
    'api.proofpoint.com/v2',
    'ftp://x.test',
    'https://u:p@x.test',
    'https://x.test/?a=1',
    'https://x.test/#a',
  ])('base URL: %j is rejected', (baseUrl) => {
    expect(() => splitBaseUrl(baseUrl)).toThrow(TypeError)
  })

  test('base URL: a trailing slash is allowed', async () => {
    await using vendor = await startVendor(answer(200, []))
    await using harness = createHarness({ baseUrl: `${vendor.baseUrl}/deep/` })
    await harness.client.listUsers({ page: 2, pageSize: 1000 }, background)
    expect(vendor.requests.map(({ url }) => url)).toEqual(['/v2/deep/users?page=2&pageSize=1000'])
  })
})
