import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** The response exceeds the size limit. A retry would download it again for nothing. */
export class AnswerTooLargeError extends EssentialsError {
  constructor(facts: RequestFacts, maxBytes: number) {
    super(facts, {
      code: 'ANSWER_TOO_LARGE',
      problem: 'the response is too large',
      expected: `at most ${maxBytes} bytes; a smaller pageSize gives smaller responses`,
      transient: false,
      outcomeUnknown: facts.sent,
    })
  }
}
