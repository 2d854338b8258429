import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * 429 after all retries. The key is already paused. `retryAfterMs` is the wait that the vendor requested, if it
 * requested one.
 */
export class RateLimitedError extends EssentialsError {
  readonly retryAfterMs: number | undefined

  constructor(facts: AnsweredFacts, retryAfterMs: number | undefined) {
    super(facts, {
      code: 'RATE_LIMITED',
      problem: `the vendor returned 429 (${facts.counts.rateLimited} times in this call)`,
      expected: 'fewer requests with this key, including those of other programs that use it',
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAfterMs = retryAfterMs
  }
}
