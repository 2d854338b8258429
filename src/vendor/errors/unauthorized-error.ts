import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/** 401 or 403: the key is wrong, or the role of its owner does not permit the call. */
export class UnauthorizedError extends EssentialsError {
  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'UNAUTHORIZED',
      problem: `the vendor returned ${facts.status}`,
      expected: 'an API key and secret of this organization whose owner has the admin role that the call needs',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
