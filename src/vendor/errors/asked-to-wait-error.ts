import { EssentialsError, type RequestFacts } from './essentials-error.ts'

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
