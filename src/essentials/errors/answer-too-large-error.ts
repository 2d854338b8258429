import { EssentialsError, type RequestFacts } from './essentials-error.ts'

/** The answer exceeds the bytes that are read of one. A repeat would only fetch them again. */
export class AnswerTooLargeError extends EssentialsError {
  constructor(facts: RequestFacts, maxBytes: number) {
    super(facts, {
      code: 'ANSWER_TOO_LARGE',
      problem: 'the answer is too large',
      expected: `at most ${maxBytes} bytes; a smaller pageSize asks for less`,
      transient: false,
      outcomeUnknown: facts.sent,
    })
  }
}
