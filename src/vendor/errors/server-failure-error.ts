import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

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
