import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** No answer began: the name did not resolve, the connection was refused, or it was reset. Not thrown once a status line was read. */
export class UnreachableError extends EssentialsError {
  constructor(facts: RequestFacts, reason: string) {
    super(facts, {
      code: 'UNREACHABLE',
      problem: `the vendor could not be reached (${reason})`,
      expected: 'a host that resolves, accepts connections and answers at the base URL',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}
