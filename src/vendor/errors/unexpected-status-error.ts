import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** A 4xx without an error class of its own, for example 405 or 413. */
export class UnexpectedStatusError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'UNEXPECTED_STATUS',
      problem: `the vendor returned ${facts.status}`,
      expected: 'a documented status; check that the base URL is that of the Essentials API v2',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
