import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/**
 * The allowance failed, most likely because its database is unavailable.
 *
 * If `take` failed, nothing was sent. If `release` failed, a response may have arrived, but its time of arrival is
 * unknown, and without that time the response is not an observation.
 */
export class AllowanceFailedError extends EssentialsError {
  constructor(facts: RequestFacts, step: 'take' | 'release', outcomeUnknown: boolean) {
    super(facts, {
      code: 'ALLOWANCE_FAILED',
      problem:
        step === 'take' ? 'the allowance could not provide a slot' : 'the allowance could not take back the slot',
      expected: 'an available database',
      transient: true,
      outcomeUnknown,
    })
  }
}
