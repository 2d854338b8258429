import { describe, expect, test } from 'vitest'
import { type HeaderMap, pauseAfterRateLimit, pauseWhenSpent } from '../../src/vendor/http/rate-limit-headers.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const epoch = now / 1000
const quarter = 15 * 60_000

describe('the pause after a 429', () => {
  const table: [HeaderMap, number | undefined][] = [
    [{}, undefined],
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '86400' }, quarter],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT' }, 20_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, undefined],
    [{ 'retry-after': 'Thu, 99 Foo 2026 00:00:20 GMT' }, undefined],
    [{ 'retry-after': ['7', '9'] }, 7_000],
    [{ 'retry-after': '5', 'ratelimit-reset': '50' }, 5_000],
    [{ 'retry-after': 'soon', 'ratelimit-reset': '50' }, 50_000],
    [{ 'ratelimit-reset': '50' }, 50_000],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'x-rate-limit-reset': '12' }, 12_000],
    [{ 'x-ratelimit-reset': String(epoch + 40) }, 40_000],
    [{ 'x-ratelimit-reset': String(now + 40_500) }, 40_500],
    [{ 'x-ratelimit-reset': String(epoch - 40) }, undefined],
    [{ 'x-ratelimit-reset': '1000000000' }, quarter],
    [{ 'x-ratelimit-reset': String(epoch + 40), date: 'Thu, 01 Jan 2026 00:00:30 GMT' }, 10_000],
    [{ 'ratelimit-limit': '100', 'ratelimit-remaining': '0', 'ratelimit-reset': '33' }, 33_000],
    [{ ratelimit: 'limit=100, remaining=0, reset=30' }, 30_000],
    [{ ratelimit: 'limit=100;remaining=0;reset=30' }, 30_000],
    [{ ratelimit: '"default";r=0;t=45' }, 45_000],
    [{ ratelimit: '"burst";r=0;t=5, "hour";r=80;t=600' }, 5_000],
    [{ ratelimit: '"burst";r=0;t=5, "hour";r=0;t=600' }, 600_000],
    [{ ratelimit: 'nonsense' }, undefined],
    [{ 'x-ratelimit-reset': '' }, undefined],
  ]
  test.each(table)('pause after a 429: %j gives %s ms', (headers, expected) => {
    expect(pauseAfterRateLimit(headers, now)).toBe(expected)
  })
})

describe('the pause after other responses', () => {
  const table: [HeaderMap, number | undefined][] = [
    [{}, undefined],
    [{ 'ratelimit-remaining': '0' }, undefined],
    [{ 'ratelimit-remaining': '1', 'ratelimit-reset': '30' }, undefined],
    [{ 'ratelimit-reset': '30' }, undefined],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '0' }, undefined],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, 30_000],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '3600' }, 60_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(epoch + 9) }, 9_000],
    [{ ratelimit: 'limit=100, remaining=0, reset=30' }, 30_000],
    [{ ratelimit: 'limit=100, remaining=7, reset=30' }, undefined],
    [{ ratelimit: '"burst";r=0;t=5, "hour";r=80;t=600' }, 5_000],
    [{ 'retry-after': '30' }, undefined],
  ]
  test.each(table)('pause after other responses: %j gives %s ms', (headers, expected) => {
    expect(pauseWhenSpent(headers, now)).toBe(expected)
  })
})
