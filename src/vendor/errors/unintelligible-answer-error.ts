import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/**
 * A complete response that is not the JSON of this endpoint: HTML, another shape, or a user without an address. `found`
 * never quotes the response.
 */
export class UnintelligibleAnswerError extends EssentialsError {
  readonly found: string

  constructor(facts: RequestFacts, details: { readonly found: string; readonly expected: string }) {
    super(facts, {
      code: 'UNINTELLIGIBLE_ANSWER',
      problem: `the response is ${details.found}`,
      expected: details.expected,
      transient: true,
      outcomeUnknown: facts.sent,
    })
    this.found = details.found
  }
}
