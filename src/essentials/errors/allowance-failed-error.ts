import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/**
 * The allowance itself failed, most likely because its database is away. On `take` nothing was sent.
 * On `release` there may be an answer, but no time of arrival, and without it the answer is no observation.
 */
export class AllowanceFailedError extends EssentialsError {
  constructor(facts: RequestFacts, step: 'take' | 'release', outcomeUnknown: boolean) {
    super(facts, {
      code: 'ALLOWANCE_FAILED',
      problem: step === 'take' ? 'no slot could be taken' : 'the slot could not be given back',
      expected: 'an allowance that answers',
      transient: true,
      outcomeUnknown,
    })
  }
}
