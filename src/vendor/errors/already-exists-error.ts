import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * 409, or a rejected create whose message says that the object exists. The existing object may be an alias of another
 * user: read the user to decide.
 */
export class AlreadyExistsError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'ALREADY_EXISTS',
      problem: `already exists (${facts.status})`,
      expected: 'an address that is not in use, or a membership that does not exist yet',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
