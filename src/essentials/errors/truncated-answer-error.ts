import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** An answer began and broke off: the connection closed early, or the JSON ends in its middle. */
export class TruncatedAnswerError extends EssentialsError {
  constructor(facts: RequestFacts) {
    super(facts, {
      code: 'TRUNCATED_ANSWER',
      problem: `the answer broke off${facts.status === undefined ? '' : ` (status ${facts.status})`}`,
      expected: 'a whole answer',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}
