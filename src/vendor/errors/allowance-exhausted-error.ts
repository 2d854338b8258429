import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** No slot of the allowance became free within the caller's maximum wait. The request was not sent. */
export class AllowanceExhaustedError extends EssentialsError {
  /** The time (ISO 8601) at which a slot is likely to be free. */
  readonly retryAt: string
  /** The limit that was reached, as the beginning of a sentence: the caller appends "until" and the time. */
  readonly problem: string

  constructor(facts: RequestFacts, retryAt: string, problem = 'The rate-limit allowance is used up') {
    super(facts, {
      code: 'ALLOWANCE_EXHAUSTED',
      problem: `no request can be sent now (${problem})`,
      expected: `a call after ${retryAt}, or a longer maximum wait`,
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAt = retryAt
    this.problem = problem
  }
}
