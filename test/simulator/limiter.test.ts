import { expect, test } from 'vitest'
import type { OrganizationOptions } from '../../src/simulator/organization.ts'
import { basic, noon, startVendor } from './vendor.ts'

/** A vendor whose clock stands still until it is set, and its response statuses to a number of requests. */
async function startClocked(options: Partial<OrganizationOptions>, seconds = 0) {
  const time = { now: noon + seconds * 1000 }
  const vendor = await startVendor({ requestsPerMinute: 5, ...options }, { clock: () => time.now })
  const request = async () => await vendor.call('GET', '/users')
  const allowed = async (count: number) => {
    let answered = 0
    for (let sent = 0; sent < count; sent++) if ((await request()).status === 200) answered++
    return answered
  }
  const at = (seconds: number) => {
    time.now = noon + seconds * 1000
  }
  return { vendor, request, allowed, at, [Symbol.asyncDispose]: () => vendor.simulator.close() }
}

test('limiter: the default is 100 requests a minute', async () => {
  await using vendor = await startVendor()
  const replies = await Promise.all(Array.from({ length: 103 }, () => vendor.call('GET', '/users')))
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(3)
})

test('limiter: a sliding window never allows more than the limit in any 60 s', async () => {
  await using it = await startClocked({})
  expect(await it.allowed(3)).toBe(3)
  it.at(50)
  expect(await it.allowed(3)).toBe(2)
  it.at(59.999)
  expect(await it.allowed(1)).toBe(0)
  it.at(60)
  expect(await it.allowed(5)).toBe(3)
  it.at(110)
  expect(await it.allowed(5)).toBe(2)
})

test('limiter: a fixed window allows twice the limit around its edge', async () => {
  await using it = await startClocked({ limiter: 'fixed' }, 59)
  expect(await it.allowed(6)).toBe(5)
  it.at(60)
  expect(await it.allowed(6)).toBe(5)
  it.at(119.999)
  expect(await it.allowed(1)).toBe(0)
})

test('limiter: without a limiter every request is allowed', async () => {
  await using it = await startClocked({ limiter: 'none' })
  expect(await it.allowed(30)).toBe(30)
})

test('limiter: a rate-limited request uses up allowance if the switch is on', async () => {
  await using it = await startClocked({ switches: { refusedRequestsCount: true } })
  expect(await it.allowed(5)).toBe(5)
  it.at(30)
  expect(await it.allowed(5)).toBe(0)
  it.at(60)
  expect(await it.allowed(5)).toBe(0)
  it.at(120)
  expect(await it.allowed(5)).toBe(5)
})

test('limiter: each key has its own allowance, and a wrong secret uses none', async () => {
  await using it = await startClocked({})
  for (let sent = 0; sent < 9; sent++) await it.vendor.call('GET', '/users', undefined, basic('key', 'wrong'))
  expect(await it.allowed(6)).toBe(5)
})

test('limiter: the peak counts every request of the key in its busiest 60 s, rate-limited ones too', async () => {
  await using it = await startClocked({ limiter: 'fixed' })
  await it.allowed(2)
  it.at(59)
  await it.allowed(2)
  it.at(60)
  await it.allowed(7)
  expect(it.vendor.organization.peakRequestsInWindow()).toBe(9)
  it.at(200)
  await it.allowed(8)
  expect(it.vendor.organization.peakRequestsInWindow()).toBe(9)
})

test('limiter: a 429 carries no retry time by default', async () => {
  await using it = await startClocked({ requestsPerMinute: 1 })
  await it.request()
  const { status, headers, text } = await it.request()
  expect([status, text]).toEqual([429, '{"message":"more than 1 requests a minute"}'])
  expect([...headers.keys()].filter((name) => /retry|limit/.test(name))).toEqual([])
})

test.each([
  ['seconds', '48'],
  ['date', 'Mon, 01 Jun 2026 12:01:00 GMT'],
] as const)('limiter: a 429 names the moment of the next request as %s', async (retryAfter, expected) => {
  await using it = await startClocked({ requestsPerMinute: 1, switches: { retryAfter } })
  expect((await it.request()).headers.get('retry-after')).toBeNull()
  it.at(12.5)
  expect((await it.request()).headers.get('retry-after')).toBe(expected)
  it.at(60)
  expect((await it.request()).status).toBe(200)
})

test.each([
  ['RateLimit', 'seconds', '50'],
  ['RateLimit', 'epoch', String(noon / 1000 + 60)],
  ['X-RateLimit', 'seconds', '50'],
  ['X-RateLimit', 'epoch', String(noon / 1000 + 60)],
] as const)(
  'limiter: every response carries %s headers, with the reset in %s',
  async (rateLimitHeaders, rateLimitReset, reset) => {
    await using it = await startClocked({ requestsPerMinute: 2, switches: { rateLimitHeaders, rateLimitReset } })
    const shown = async () => {
      const { status, headers } = await it.request()
      const of = (name: string) => headers.get(`${rateLimitHeaders}-${name}`)
      return [status, of('Limit'), of('Remaining'), of('Reset')]
    }
    await it.request()
    it.at(10)
    expect(await shown()).toEqual([200, '2', '0', reset])
    expect(await shown()).toEqual([429, '2', '0', reset])
  },
)
