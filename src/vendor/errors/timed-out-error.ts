import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/**
 * The complete response did not arrive in time, or the vendor returned 408. Not thrown for a wait for the allowance.
 */
export class TimedOutError extends EssentialsError {
  constructor(facts: RequestFacts, phase: string) {
    super(facts, {
      code: 'TIMED_OUT',
      problem: `timed out (${phase})`,
      expected: 'a complete response within the configured timeouts',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}
