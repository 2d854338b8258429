import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * The vendor rejected the input for a reason other than a duplicate or an unregistered domain: 400, 422, or 200 with an
 * error in the body.
 */
export class InvalidInputError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'INVALID_INPUT',
      problem: `the vendor rejected the input (${facts.status})${facts.said === undefined ? ' without a reason' : ''}`,
      expected: 'input that the vendor accepts',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
