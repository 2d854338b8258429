import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** The response is incomplete: the connection closed early, or the JSON is truncated. */
export class TruncatedAnswerError extends EssentialsError {
  constructor(facts: RequestFacts) {
    super(facts, {
      code: 'TRUNCATED_ANSWER',
      problem: `the response is incomplete${facts.status === undefined ? '' : ` (status ${facts.status})`}`,
      expected: 'a complete response',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}
