import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** No slot of the allowance became free within the caller's maximum wait. The request was not sent. */
export class AllowanceExhaustedError extends EssentialsError {
  /** The time (ISO 8601) at which a slot is likely to be free. */
  readonly retryAt: string
  /** The limit that was reached, as the beginning of a sentence: the caller appends "until" and the time. */
  readonly problem: string

  /** The vendor has refused the credentials, so waiting does not help before that time. */
  readonly isRefused: boolean

  constructor(
    facts: RequestFacts,
    retryAt: string,
    problem = 'The rate-limit allowance is used up',
    isRefused = false,
  ) {
    super(facts, {
      code: 'ALLOWANCE_EXHAUSTED',
      problem: `no request can be sent now (${problem} until ${retryAt})`,
      expected: isRefused
        ? 'another user or password, or a call after that time'
        : 'a call after that time, or a longer maximum wait',
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAt = retryAt
    this.problem = problem
    this.isRefused = isRefused
  }
}

/**
 * The allowance failed, most likely because its database is unavailable.
 *
 * If `take` failed, nothing was sent. If `release` failed, a response may have arrived, but its time of arrival is
 * unknown, and without that time the response is not an observation.
 */
export class AllowanceFailedError extends EssentialsError {
  constructor(facts: RequestFacts, step: 'take' | 'release', outcomeUnknown: boolean) {
    super(facts, {
      code: 'ALLOWANCE_FAILED',
      problem:
        step === 'take' ? 'the allowance could not provide a slot' : 'the allowance could not take back the slot',
      expected: 'an available database',
      transient: true,
      outcomeUnknown,
    })
  }
}

/** The vendor asked background work to wait (`Retry-After` on a 5xx). This request was not sent. */
export class AskedToWaitError extends EssentialsError {
  /** How much of that time is left. */
  readonly retryAfterMs: number

  constructor(facts: RequestFacts, retryAfterMs: number) {
    super(facts, {
      code: 'SERVER_FAILURE',
      problem: `the vendor failed before and asked for no requests for another ${Math.ceil(retryAfterMs / 1_000)} s`,
      expected: 'a call after that time',
      transient: true,
      outcomeUnknown: false,
    })
    this.retryAfterMs = retryAfterMs
  }
}
