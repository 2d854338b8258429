import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** 409, or a 400 to a create whose text says so. What exists may be an alias of another user: read the user to decide. */
export class AlreadyExistsError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'ALREADY_EXISTS',
      problem: `already exists (${facts.status})`,
      expected: 'an address or a membership that is still free',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
