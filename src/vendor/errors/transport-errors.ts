import { type AnsweredFacts, EssentialsError, type RequestFacts } from './essentials-error.ts'

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

/**
 * The complete response did not arrive in time, or the vendor returned 408. Not thrown for a wait for the allowance.
 */
export class TimedOutError extends EssentialsError {
  constructor(facts: RequestFacts, phase: string) {
    super(facts, {
      code: 'TIMED_OUT',
      problem: `timed out (${phase})`,
      expected: 'a complete response within the configured timeouts',
      transient: true,
      outcomeUnknown: facts.sent,
    })
  }
}

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

/**
 * A redirect that is not followed. Only reads follow redirects, only to the same origin, and only a few times, so that
 * the credentials reach no other host.
 */
export class RedirectedError extends EssentialsError {
  constructor(facts: AnsweredFacts, origin: string | undefined, followed: number) {
    super(facts, {
      code: 'REDIRECTED',
      problem: `redirected with ${facts.status}${origin === undefined ? '' : ` to ${origin}`}, which is not followed${
        followed === 0 ? '' : ` after ${followed} ${followed === 1 ? 'redirect' : 'redirects'}`
      }`,
      expected: 'a base URL that responds without a redirect',
      transient: false,
      // These three guarantee that the method was not carried out here. 302 and 303 may also follow a success.
      outcomeUnknown: ![301, 307, 308].includes(facts.status),
    })
  }
}
