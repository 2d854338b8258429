import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/**
 * No response started: the name did not resolve, or the connection was refused or reset. Not thrown after a status line
 * was read.
 */
export class UnreachableError extends EssentialsError {
  constructor(facts: RequestFacts, reason: string) {
    super(facts, {
      code: 'UNREACHABLE',
      problem: `the vendor could not be reached (${reason})`,
      expected: 'a base URL whose host resolves, accepts connections and responds',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}
