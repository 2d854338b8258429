import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** The answer did not arrive whole within the time set, or the vendor said 408. Not thrown for a wait for the allowance. */
export class TimedOutError extends EssentialsError {
  constructor(facts: RequestFacts, phase: string) {
    super(facts, {
      code: 'TIMED_OUT',
      problem: `timed out (${phase})`,
      expected: 'a whole answer within the time-outs set',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}
