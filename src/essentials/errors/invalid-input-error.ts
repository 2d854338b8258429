import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** 400 or 422 that is neither a duplicate nor an unregistered domain. `vendorMessage` is what the vendor said about it, if anything. */
export class InvalidInputError extends EssentialsError {
  readonly vendorMessage: string | undefined

  constructor(facts: AnsweredFacts, vendorMessage: string | undefined) {
    super(facts, {
      code: 'INVALID_INPUT',
      problem: `the vendor took the input for invalid (${facts.status}): ${vendorMessage ?? 'it did not say why'}`,
      expected: 'an input that the vendor accepts',
      transient: false,
      outcomeUnknown: false,
    })
    this.vendorMessage = vendorMessage
  }
}
