import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** A whole answer that is not the JSON of this endpoint: HTML, another shape, a user without an address. `found` never quotes it. */
export class UnintelligibleAnswerError extends EssentialsError {
  readonly found: string

  constructor(facts: RequestFacts, details: { readonly found: string; readonly expected: string }) {
    super(facts, {
      code: 'UNINTELLIGIBLE_ANSWER',
      problem: `the answer is ${details.found}`,
      expected: details.expected,
      transient: true,
      outcomeUnknown: facts.sent,
    })
    this.found = details.found
  }
}
