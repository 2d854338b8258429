import type { Priority } from '../allowance.ts'
import { AllowanceExhaustedError, AskedToWaitError } from '../errors/allowance-errors.ts'
import type { EssentialsError, EssentialsErrorCode } from '../errors/essentials-error.ts'
import { RateLimitedError, ServerFailureError } from '../errors/response-errors.ts'

export interface Backoff {
  /** Maximum number of retries, not counting the first request. */
  readonly retries: number
  readonly baseMs: number
  readonly capMs: number
}

export interface RetryPolicy {
  /** For unreachable, timed out, truncated and unintelligible responses, and 5xx. */
  readonly transient: Backoff
  /** For 429. */
  readonly rateLimited: Backoff
}

export const defaultRetryPolicy: RetryPolicy = {
  transient: { retries: 4, baseMs: 500, capMs: 20_000 },
  rateLimited: { retries: 6, baseMs: 5_000, capMs: 60_000 },
}

/** A longer `Retry-After` is cut to this. */
export const longestRetryAfterMs = 15 * 60_000
/**
 * The longest `Retry-After` that background work waits for. A longer one ends the call, so that no job, lease or lock
 * is held during the pause.
 */
export const longestSleepMs = 10_000
/**
 * The longest pause of the whole key, after a 429, that background work waits for. It is longer than the window in
 * which requests are counted.
 */
export const longestPauseMs = 120_000

/**
 * For how long no request may be sent to the vendor after this error, at most `longestRetryAfterMs`; 0 if that time is
 * short or unknown.
 */
export function waitAskedFor(error: unknown, now: () => number = Date.now): number {
  const asked =
    error instanceof ServerFailureError || error instanceof AskedToWaitError || error instanceof RateLimitedError
      ? (error.retryAfterMs ?? 0)
      : error instanceof AllowanceExhaustedError
        ? Date.parse(error.retryAt) - now()
        : 0
  return asked > longestSleepMs ? Math.min(asked, longestRetryAfterMs) : 0
}

const transient: ReadonlySet<EssentialsErrorCode> = new Set([
  'UNREACHABLE',
  'TIMED_OUT',
  'TRUNCATED_ANSWER',
  'UNINTELLIGIBLE_ANSWER',
  'SERVER_FAILURE',
])

/** How often this call failed before the current failure. */
export interface Failures {
  readonly transient: number
  readonly rateLimited: number
}

/**
 * How long to wait before the next attempt, in milliseconds. Undefined if the call must not be retried.
 *
 * The error's class decides. An error that is not retryable is final, and a write with an unknown outcome is never
 * retried. After a 429 the delay is 0, because the pause of the whole key (see `rateLimitPause`) makes the next request
 * wait. A `Retry-After` beyond the policy's longest delay ends an interactive call, and one beyond `longestSleepMs` a
 * background call. Pure except for `random`, which returns a number in [0, 1).
 */
export function retryDelay(
  error: EssentialsError,
  failures: Failures,
  policy: RetryPolicy,
  random: () => number,
  priority: Priority = 'interactive',
): number | undefined {
  if (!error.retryable) return undefined
  if (error instanceof RateLimitedError) return failures.rateLimited < policy.rateLimited.retries ? 0 : undefined
  const { retries, baseMs, capMs } = policy.transient
  if (!transient.has(error.code) || failures.transient >= retries) return undefined
  const jittered = random() * ceiling(failures.transient, baseMs, capMs)
  const requestedMs = error instanceof ServerFailureError ? error.retryAfterMs : undefined
  if (requestedMs === undefined) return jittered
  const longestMs = priority === 'background' ? longestSleepMs : capMs
  return requestedMs > longestMs ? undefined : Math.max(requestedMs, jittered)
}

/**
 * How long the whole key pauses after a 429: the time that the vendor names, or else a time that doubles with each 429
 * of the call. Half of that time is fixed: with full jitter the pause could be zero, and the next request would be
 * rate-limited again.
 */
export function rateLimitPause(
  error: RateLimitedError,
  failures: Failures,
  policy: RetryPolicy,
  random: () => number,
): number {
  const { baseMs, capMs } = policy.rateLimited
  return error.retryAfterMs ?? (0.5 + random() / 2) * ceiling(failures.rateLimited, baseMs, capMs)
}

function ceiling(failures: number, baseMs: number, capMs: number): number {
  return Math.min(capMs, baseMs * 2 ** failures)
}
