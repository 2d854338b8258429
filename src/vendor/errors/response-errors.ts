import { type AnsweredFacts, EssentialsError, type RequestFacts } from './essentials-error.ts'

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

/** 5xx. A write may have been carried out before the failure. */
export class ServerFailureError extends EssentialsError {
  readonly retryAfterMs: number | undefined

  constructor(facts: AnsweredFacts, details: { readonly retryAfterMs: number | undefined }) {
    super(facts, {
      code: 'SERVER_FAILURE',
      problem: `the vendor failed with ${facts.status}`,
      expected: 'a status below 500',
      transient: true,
      outcomeUnknown: true,
    })
    this.retryAfterMs = details.retryAfterMs
  }
}

/** A 4xx without an error class of its own, for example 405 or 413. */
export class UnexpectedStatusError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'UNEXPECTED_STATUS',
      problem: `the vendor returned ${facts.status}`,
      expected: facts.advice?.unexpected ?? 'a documented status',
      transient: false,
      outcomeUnknown: false,
    })
  }
}

/**
 * A complete response that is not the JSON of this endpoint: HTML, another shape, or a user without an address. `found`
 * never quotes the response.
 */
export class UnintelligibleAnswerError extends EssentialsError {
  readonly found: string

  constructor(facts: RequestFacts, details: { readonly found: string; readonly expected: string }) {
    super(facts, {
      code: 'UNINTELLIGIBLE_ANSWER',
      problem: `the response is ${details.found}`,
      expected: details.expected,
      transient: true,
      outcomeUnknown: facts.sent,
    })
    this.found = details.found
  }
}
