import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** A 4xx that has no class of its own, such as 405 or 413. */
export class UnexpectedStatusError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'UNEXPECTED_STATUS',
      problem: `the vendor answered ${facts.status}`,
      expected:
        'a status that this endpoint is known to answer; check that the base URL is that of the Essentials API v2',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
