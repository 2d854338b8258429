import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** A status of success whose body refuses: `success: false`, or an `error` where the answer was to be. */
export class RefusedError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'REFUSED',
      problem: `the vendor answered ${facts.status}, and refuses in the body`,
      expected: 'an answer without an error',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
