import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** The caller's signal fired, or the client was closed. */
export class AbortedError extends EssentialsError {
  constructor(facts: RequestFacts) {
    super(facts, {
      code: 'ABORTED',
      problem: 'aborted',
      expected: 'a signal that is not aborted and a client that stays open until the response arrives',
      transient: false,
      outcomeUnknown: facts.sent,
    })
  }
}
