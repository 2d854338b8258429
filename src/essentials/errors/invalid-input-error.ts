import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** A refusal of what was sent that is neither a duplicate nor an unregistered domain: 400, 422, or 200 with a body that refuses. */
export class InvalidInputError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'INVALID_INPUT',
      problem: `the vendor took the input for invalid (${facts.status})${facts.said === undefined ? ': it did not say why' : ''}`,
      expected: 'an input that the vendor accepts',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
