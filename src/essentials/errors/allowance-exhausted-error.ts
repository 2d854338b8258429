import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** No slot of the allowance became free within the caller's wait. This request was not sent. */
export class AllowanceExhaustedError extends EssentialsError {
  /** ISO 8601: when a slot is likely to be free. */
  readonly retryAt: string
  /** The limit that was reached, for the caller: a sentence that goes on with "until" and the time. */
  readonly problem: string

  constructor(facts: RequestFacts, retryAt: string, problem = 'The allowance of requests is spent') {
    super(facts, {
      code: 'ALLOWANCE_EXHAUSTED',
      problem: `no request can be sent now (${problem})`,
      expected: `a call after ${retryAt}, or a longer wait`,
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAt = retryAt
    this.problem = problem
  }
}
