import { errors, Pool } from 'undici'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { AllowanceExhaustedError } from '../../src/vendor/errors/allowance-errors.ts'
import {
  answer,
  background,
  type Call,
  clock,
  create,
  createHarness,
  cut,
  factsOf,
  fail,
  failureOf,
  hang,
  interactive,
  list,
  noRetries,
  type Reply,
  read,
  remove,
  reset,
  startVendor,
} from './support.ts'

const one = { requests: 1, retries: 0, rateLimited: 0 }

describe('requests that were never sent', () => {
  test('never sent: even a write is retried after a refused connection', async () => {
    const vendor = await startVendor(answer(204))
    await vendor[Symbol.asyncDispose]()
    await using harness = createHarness(vendor)
    const error = await failureOf(remove(harness))
    expect(factsOf(error)).toMatchObject({
      name: 'UnreachableError',
      outcomeUnknown: false,
      retryable: true,
      counts: { requests: 5, retries: 4, rateLimited: 0 },
    })
    expect([harness.sleeps, harness.allowance.open()]).toEqual([[250, 500, 1000, 2000], 0])
  })

  test.each([
    ['a name that does not resolve', Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), 'UNREACHABLE'],
    ['a connection that takes too long', new errors.ConnectTimeoutError('slow'), 'TIMED_OUT'],
  ])('never sent: even a write is retried after %s', async (_name, cause, code) => {
    const dispatcher = new Pool('http://nowhere.test', { connect: (_options, callback) => callback(cause, null) })
    onTestFinished(() => dispatcher.destroy())
    await using harness = createHarness({ baseUrl: 'http://nowhere.test' }, { dispatcher })
    const error = await failureOf(create(harness))
    expect([error.code, error.outcomeUnknown, error.cause, error.counts.requests]).toEqual([code, false, cause, 5])
  })

  test('never sent: the outcome is certain if the caller gave up while it waited for a connection', async () => {
    const caller = new AbortController()
    await using vendor = await startVendor(() => caller.abort(), answer(204))
    const dispatcher = new Pool(new URL(vendor.baseUrl).origin, { connections: 1 })
    onTestFinished(() => dispatcher.destroy())
    await using harness = createHarness(vendor, { dispatcher })
    const options = { ...interactive, signal: caller.signal }
    const removals = ['a@b', 'c@d'].map((address) => failureOf(harness.client.deleteUser(address, options)))
    expect((await Promise.all(removals)).map(({ outcomeUnknown }) => outcomeUnknown)).toEqual([true, false])
    await dispatcher.close()
    expect(vendor.requests.map(({ url }) => url)).toEqual(['/v2/users/a%40b'])
  })
})

describe('time-outs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test.each<[string, Call, boolean]>([
    ['a read', read, false],
    ['a write', remove, true],
  ])('time-out: %s that gets no response times out', async (_name, call, outcomeUnknown) => {
    const error = await fail(call, () => vi.advanceTimersByTime(30_000))
    expect([error.code, error.outcomeUnknown]).toEqual(['TIMED_OUT', outcomeUnknown])
  })

  test('time-out: a response that arrives byte by byte times out, however regularly its bytes come', async () => {
    const error = await fail(read, (response) => {
      response.writeHead(200)
      const send = (bytes: number) =>
        response.write(' ', () => {
          vi.advanceTimersByTime(10_000)
          if (bytes > 1) send(bytes - 1)
        })
      send(3)
    })
    expect([error.code, error.message]).toEqual([
      'TIMED_OUT',
      expect.stringContaining('no complete response within 30000 ms'),
    ])
  })
})

describe('separate time-outs', () => {
  test('time-out: the wait for the headers has its own limit', async () => {
    await using vendor = await startVendor(hang)
    await using harness = createHarness(vendor, { retry: noRetries, timeouts: { headersMs: 10 } })
    const error = await failureOf(list(harness))
    expect([error.code, error.cause]).toEqual(['TIMED_OUT', expect.any(errors.HeadersTimeoutError)])
  })

  test('time-out: the wait between two chunks of a body has its own limit', async () => {
    await using vendor = await startVendor((response) => response.writeHead(200).write('['))
    await using harness = createHarness(vendor, { retry: noRetries, timeouts: { bodyMs: 10 } })
    const error = await failureOf(list(harness))
    expect([error.code, error.cause]).toEqual(['TIMED_OUT', expect.any(errors.BodyTimeoutError)])
  })
})

describe('writes', () => {
  test.each<[string, Reply]>([
    ['reset', reset],
    ['cut', cut],
    ['failed', answer(500)],
    ['answered with HTML', answer(200, '<html>')],
  ])('write: a request that was %s is sent once', async (_name, reply) => {
    await using vendor = await startVendor(reply, answer(201, ''))
    await using harness = createHarness(vendor)
    const error = await failureOf(create(harness))
    expect([vendor.requests.length, error.outcomeUnknown, error.counts]).toEqual([1, true, one])
  })
})

describe('calls that are rate limited until they fail', () => {
  test('rate limited: every 429 is counted, and the last one pauses the key too', async () => {
    await using vendor = await startVendor(answer(429))
    await using harness = createHarness(vendor)
    const error = await failureOf(list(harness))
    expect(factsOf(error)).toMatchObject({
      name: 'RateLimitedError',
      status: 429,
      counts: { requests: 7, retries: 6, rateLimited: 7 },
    })
    expect(harness.allowance.pauses).toEqual([3_750, 7_500, 15_000, 30_000, 45_000, 45_000, 45_000])
  })
})

describe('callers that abort', () => {
  test('abort: nothing was sent if the caller aborts early', async () => {
    await using vendor = await startVendor(answer(200, []))
    await using harness = createHarness(vendor)
    const signal = AbortSignal.abort(new Error('enough'))
    const error = await failureOf(harness.client.deleteUser('a@b', { ...interactive, signal }))
    expect(factsOf(error)).toMatchObject({ name: 'AbortedError', outcomeUnknown: false, counts: { requests: 0 } })
    expect([error.cause, vendor.requests.length]).toEqual([signal.reason, 0])
  })

  test.each([
    ['read', false],
    ['write', true],
  ])('abort: while the vendor does not respond, on a %s: outcome unknown is %s', async (kind, outcomeUnknown) => {
    const caller = new AbortController()
    await using vendor = await startVendor(() => caller.abort())
    await using harness = createHarness(vendor)
    const options = { ...interactive, signal: caller.signal }
    const call = kind === 'read' ? harness.client.getUser('a@b', options) : harness.client.deleteUser('a@b', options)
    const error = await failureOf(call)
    expect([error.code, error.outcomeUnknown, error.retryable, error.counts, harness.allowance.open()]).toEqual([
      'ABORTED',
      outcomeUnknown,
      false,
      one,
      0,
    ])
  })

  test('abort: the caller can abort between two requests', async () => {
    const caller = new AbortController()
    await using vendor = await startVendor(answer(503))
    await using harness = createHarness(vendor, {
      sleep: async (_milliseconds, signal) => {
        caller.abort()
        signal?.throwIfAborted()
      },
    })
    const error = await failureOf(harness.client.getUser('a@b', { ...background, signal: caller.signal }))
    expect([error.code, error.counts]).toEqual(['ABORTED', one])
  })

  test('abort: the caller can abort while it waits for a slot', async () => {
    const caller = new AbortController()
    await using vendor = await startVendor(answer(200, []))
    await using harness = createHarness(vendor)
    harness.allowance.take = async ({ signal }) => {
      caller.abort()
      throw signal?.reason
    }
    const error = await failureOf(harness.client.deleteUser('a@b', { ...interactive, signal: caller.signal }))
    expect([error.code, error.outcomeUnknown]).toEqual(['ABORTED', false])
  })
})

describe('the allowance', () => {
  test('allowance: an exhausted one reports when to try again', async () => {
    await using vendor = await startVendor(answer(200, []))
    await using harness = createHarness(vendor)
    const spent = Object.assign(new Error('spent'), { retryAt: '2026-01-01T00:01:00.000000Z' })
    harness.allowance.take = async () => {
      throw spent
    }
    const error = await failureOf(create(harness))
    expect(error).toBeInstanceOf(AllowanceExhaustedError)
    expect(error).toMatchObject({ retryAt: spent.retryAt, cause: spent, outcomeUnknown: false, retryable: true })
    expect(vendor.requests).toEqual([])
  })

  test('allowance: an unavailable one is not reported as a vendor failure', async () => {
    await using vendor = await startVendor(answer(200, []))
    await using harness = createHarness(vendor)
    const away = new Error('connection refused')
    harness.allowance.take = async () => {
      throw away
    }
    const error = await failureOf(create(harness))
    expect([error.code, error.cause, error.outcomeUnknown]).toEqual(['ALLOWANCE_FAILED', away, false])
  })

  test.each<[string, Call, Reply, boolean]>([
    ['a read', list, answer(200, []), false],
    ['a write', create, answer(201, ''), true],
    ['a write that was refused', create, answer(400), false],
  ])(
    'allowance: it may become unavailable before the response to %s is stamped',
    async (_name, call, reply, outcomeUnknown) => {
      await using vendor = await startVendor(reply)
      await using harness = createHarness(vendor)
      const away = new Error('connection refused')
      harness.allowance.take = async () => ({ sentAt: clock(1), release: () => Promise.reject(away) })
      const error = await failureOf(call(harness))
      expect([error.code, error.cause, error.outcomeUnknown, error.counts]).toEqual([
        'ALLOWANCE_FAILED',
        away,
        outcomeUnknown,
        one,
      ])
    },
  )
})
