import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** No slot of the allowance came free within the caller's wait. This request was not sent. */
export class AllowanceExhaustedError extends EssentialsError {
  /** ISO 8601: when a slot is likely to be free. */
  readonly retryAt: string

  constructor(facts: RequestFacts, retryAt: string) {
    super(facts, {
      code: 'ALLOWANCE_EXHAUSTED',
      problem: 'the allowance of requests is spent',
      expected: `a call after ${retryAt}, or a longer wait`,
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAt = retryAt
  }
}
