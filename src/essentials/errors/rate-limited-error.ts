import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** 429, after all retries. The key is paused by then. `retryAfterMs` is what the vendor asked for, where it did. */
export class RateLimitedError extends EssentialsError {
  readonly retryAfterMs: number | undefined

  constructor(facts: AnsweredFacts, retryAfterMs: number | undefined) {
    super(facts, {
      code: 'RATE_LIMITED',
      problem: `the vendor answered 429 (${facts.counts.rateLimited} times in this call)`,
      expected: 'fewer requests of this key, counting those that others send with it',
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAfterMs = retryAfterMs
  }
}
