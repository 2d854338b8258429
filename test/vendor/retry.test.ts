import { describe, expect, test } from 'vitest'
import { AllowanceFailedError } from '../../src/vendor/errors/allowance-errors.ts'
import type { AnsweredFacts, EssentialsError } from '../../src/vendor/errors/essentials-error.ts'
import { InvalidInputError, NotFoundError } from '../../src/vendor/errors/rejection-errors.ts'
import {
  RateLimitedError,
  ServerFailureError,
  UnintelligibleAnswerError,
} from '../../src/vendor/errors/response-errors.ts'
import {
  AbortedError,
  TimedOutError,
  TruncatedAnswerError,
  UnreachableError,
} from '../../src/vendor/errors/transport-errors.ts'
import { defaultRetryPolicy, rateLimitPause, retryDelay } from '../../src/vendor/http/retry.ts'

const none = { transient: 0, rateLimited: 0 }

function facts(kind: 'read' | 'write', sent = true): AnsweredFacts {
  return {
    organization: 'acme',
    method: kind === 'read' ? 'GET' : 'POST',
    endpoint: '/users',
    path: '/users',
    write: kind === 'write',
    sent,
    status: 200,
    sentAt: '2026-01-01T00:00:00.000001Z',
    arrivedAt: '2026-01-01T00:00:00.000002Z',
    counts: { requests: 1, retries: 0, rateLimited: 0 },
  }
}

function delay(error: EssentialsError, failures = none, random = 0.5): number | undefined {
  return retryDelay(error, failures, defaultRetryPolicy, () => random)
}

describe('after a failure', () => {
  const failures: [string, (given: AnsweredFacts) => EssentialsError][] = [
    ['unreachable', (given) => new UnreachableError(given, 'ECONNRESET')],
    ['timed out', (given) => new TimedOutError(given, 'headers')],
    ['cut', (given) => new TruncatedAnswerError(given)],
    ['unintelligible', (given) => new UnintelligibleAnswerError(given, { found: 'HTML', expected: 'JSON' })],
    ['5xx', (given) => new ServerFailureError(given, { retryAfterMs: undefined })],
  ]

  test.each(failures)('retry: a read is retried after a failed attempt (%s)', (_name, errorOf) => {
    expect(delay(errorOf(facts('read')))).toBe(250)
  })

  test.each(failures)('retry: a write that may have been carried out is not retried (%s)', (_name, errorOf) => {
    const error = errorOf(facts('write'))
    expect([error.outcomeUnknown, error.retryable, delay(error)]).toEqual([true, false, undefined])
  })

  test('retry: a write that was never sent is retried', () => {
    expect(delay(new UnreachableError(facts('write', false), 'ECONNREFUSED'))).toBe(250)
    expect(delay(new TimedOutError(facts('write', false), 'connect'))).toBe(250)
  })

  test('retry: final failures are not retried', () => {
    const final = [
      new NotFoundError(facts('read')),
      new InvalidInputError(facts('read')),
      new AbortedError(facts('read')),
      new AllowanceFailedError(facts('read'), 'take', false),
    ]
    expect(final.map((error) => delay(error))).toEqual([undefined, undefined, undefined, undefined])
  })

  test('retry: the delay is random below a ceiling that doubles, and the fifth failure is final', () => {
    const error = new UnreachableError(facts('read'), 'ECONNRESET')
    const at = (random: number) => [0, 1, 2, 3, 4].map((transient) => delay(error, { ...none, transient }, random))
    expect([at(0), at(0.5), at(1)]).toEqual([
      [0, 0, 0, 0, undefined],
      [250, 500, 1000, 2000, undefined],
      [500, 1000, 2000, 4000, undefined],
    ])
  })

  test('retry: the ceiling is capped', () => {
    const policy = { ...defaultRetryPolicy, transient: { retries: 100, baseMs: 500, capMs: 20_000 } }
    const error = new UnreachableError(facts('read'), 'ECONNRESET')
    expect(retryDelay(error, { ...none, transient: 50 }, policy, () => 1)).toBe(20_000)
  })

  test.each([
    [100, 250],
    [3_000, 3_000],
    [20_000, 20_000],
    [20_001, undefined],
  ])('retry: a failing vendor that requests a delay of %s ms gets %s', (retryAfterMs, expected) => {
    expect(delay(new ServerFailureError(facts('read'), { retryAfterMs }))).toBe(expected)
  })
})

describe('after a 429', () => {
  test.each(['read', 'write'] as const)(
    'retry: after a 429, a %s is retried six times without a delay of its own',
    (kind) => {
      const error = new RateLimitedError(facts(kind), undefined)
      const delays = [0, 5, 6].map((rateLimited) => delay(error, { transient: 9, rateLimited }))
      expect([error.outcomeUnknown, ...delays]).toEqual([false, 0, 0, undefined])
    },
  )

  test('retry: after a 429, the key pauses for as long as the vendor requests', () => {
    const error = new RateLimitedError(facts('read'), 42_000)
    expect(rateLimitPause(error, none, defaultRetryPolicy, () => 1)).toBe(42_000)
  })

  test('retry: after a 429 without a delay, the key pauses for a random time that doubles up to a minute', () => {
    const error = new RateLimitedError(facts('read'), undefined)
    const at = (random: number) =>
      [0, 1, 2, 3, 4, 5].map((rateLimited) =>
        rateLimitPause(error, { ...none, rateLimited }, defaultRetryPolicy, () => random),
      )
    expect([at(0), at(1)]).toEqual([
      [2_500, 5_000, 10_000, 20_000, 30_000, 30_000],
      [5_000, 10_000, 20_000, 40_000, 60_000, 60_000],
    ])
  })
})
