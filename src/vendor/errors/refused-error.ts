import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** A 2xx response whose body reports an error: `success: false`, or an `error` in place of the result. */
export class RefusedError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'REFUSED',
      problem: `the vendor returned ${facts.status} with an error in the body`,
      expected: 'a response body without an error',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
