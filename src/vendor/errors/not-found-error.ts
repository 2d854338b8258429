import { type AnsweredFacts, EssentialsError } from './essentials-error.ts'

/**
 * 404 or 410: the user or group named by the path does not exist. `sentAt` and `arrivedAt` bound the time at which this
 * was true.
 */
export class NotFoundError extends EssentialsError {
  declare readonly sentAt: string
  declare readonly arrivedAt: string

  constructor(facts: AnsweredFacts) {
    super(facts, {
      code: 'NOT_FOUND',
      problem: 'not found',
      expected: 'a user or group that exists',
      transient: false,
      outcomeUnknown: false,
    })
  }
}
