import type { AnsweredFacts, EssentialsError, RequestFacts } from '../errors/essentials-error.ts'
import {
  AlreadyExistsError,
  DomainNotRegisteredError,
  InvalidInputError,
  NotFoundError,
  RefusedError,
  UnauthorizedError,
} from '../errors/rejection-errors.ts'
import {
  RateLimitedError,
  ServerFailureError,
  UnexpectedStatusError,
  UnintelligibleAnswerError,
} from '../errors/response-errors.ts'
import {
  AbortedError,
  AnswerTooLargeError,
  RedirectedError,
  TimedOutError,
  TruncatedAnswerError,
  UnreachableError,
} from '../errors/transport-errors.ts'
import type { Warning } from '../wire/fields.ts'
import { isObject } from '../wire/rows.ts'
import type { JsonObject, Parsed } from '../wire/wire.ts'
import { classifyRejection, domainOf, isRefusalBody } from './classify-rejection.ts'
import type { Answer, BodyReader, Failure, HttpRequest, Limits } from './http-exchange.ts'
import { pauseAfterRateLimit, readRetryAfter } from './rate-limit-headers.ts'
import type { Redactor } from './redact.ts'
import { extractVendorText } from './vendor-text.ts'

/** A call to one endpoint. */
export interface Call<T> {
  readonly method: HttpRequest['method']
  /** The path's pattern, for logs and errors. */
  readonly endpoint: string
  /** The organization that the call is about. The vendor may refuse it alone. */
  readonly area?: string | undefined
  /** Relative to the base URL's path, percent-encoded. */
  readonly path: string
  readonly body?: JsonObject | readonly string[]
  /** Set if the call creates something for this address. */
  readonly creates?: { readonly what: 'user' | 'membership'; readonly primaryEmail: string }
  /** Describes the expected response, for errors. */
  readonly expected: string
  /** Replace those of the connection. */
  readonly limits?: Partial<Limits>
  /** Returns what reads the body of a success while it arrives. Then `parse` is not called. */
  readBody?(sentAt: string): BodyReader<Parsed<T>>
  parse(text: string): Parsed<T>
}

export interface ParsedResponse<T> {
  readonly value: T
  readonly text: string
  readonly warnings: readonly Warning[]
}

export interface JudgeContext {
  readonly nowMs: number
  readonly maxBytes: number
  /** Number of redirects followed before this response. */
  readonly redirects: number
  /** Removes the call's secrets from text of the vendor. */
  redactor(): Redactor
}

/** Classifies the outcome of a request: its value, or an error whose class decides what happens next. Pure. */
export function judge<T>(
  call: Call<T>,
  outcome: Answer<Parsed<T>> | Failure,
  facts: RequestFacts & { readonly sentAt: string; readonly arrivedAt: string },
  context: JudgeContext,
): ParsedResponse<T> | EssentialsError {
  if (outcome.kind !== 'answer') return judgeFailure(outcome, facts, context, call.expected)
  const answered = { ...facts, status: outcome.status }
  if (outcome.status >= 300) return judgeStatus(call, outcome, answered, context)
  if (outcome.read !== undefined) return judgeParsed(outcome.read, '', answered, call.expected)
  const { method, body } = call
  if (isRefusalBody(outcome.text, isObject(body) ? { method, body } : { method }))
    return judgeRefusalBody(call, withWords(answered, outcome, context))
  return judgeParsed(call.parse(outcome.text), outcome.text, answered, call.expected)
}

function judgeParsed<T>(
  parsed: Parsed<T>,
  text: string,
  answered: AnsweredFacts,
  expected: string,
): ParsedResponse<T> | EssentialsError {
  if (!('unreadable' in parsed)) return { ...parsed, text }
  if (parsed.unreadable.reason === 'cut') return new TruncatedAnswerError(answered)
  return new UnintelligibleAnswerError(answered, { found: parsed.unreadable.found, expected })
}

function judgeFailure(
  failure: Failure,
  given: RequestFacts,
  { maxBytes }: JudgeContext,
  expected: string,
): EssentialsError {
  const facts = { ...given, status: failure.status, cause: failure.cause }
  switch (failure.kind) {
    case 'unreachable':
      return new UnreachableError(facts, failure.reason)
    case 'timed out':
      return new TimedOutError(facts, failure.reason)
    case 'cut':
      return new TruncatedAnswerError(facts)
    case 'not HTTP':
      return new UnintelligibleAnswerError(facts, { found: `not HTTP (${failure.reason})`, expected })
    case 'undecodable':
      return new UnintelligibleAnswerError(facts, { found: 'encoded in an unsupported or invalid way', expected })
    case 'too large':
      return new AnswerTooLargeError(facts, maxBytes)
    case 'aborted':
      return new AbortedError(facts)
  }
}

function withWords(facts: AnsweredFacts, { text }: Answer, { redactor }: JudgeContext): AnsweredFacts {
  return { ...facts, said: extractVendorText(text, redactor()) }
}

function judgeStatus<T>(call: Call<T>, answer: Answer, given: AnsweredFacts, context: JudgeContext): EssentialsError {
  const { status, headers } = answer
  if (status < 400) return new RedirectedError(given, originOf(headers.location), context.redirects)
  const facts = withWords(given, answer, context)
  if (status === 401 || status === 403) return new UnauthorizedError(facts)
  if (status === 404 || status === 410) return new NotFoundError(facts)
  if (status === 408) return new TimedOutError(facts, 'the vendor returned 408')
  if (status === 409) return new AlreadyExistsError(facts)
  if (status === 429) return new RateLimitedError(facts, pauseAfterRateLimit(headers, context.nowMs))
  if (status === 400 || status === 422) return judgeRefusal(call, facts)
  if (status < 500) return new UnexpectedStatusError(facts)
  return new ServerFailureError(facts, { retryAfterMs: readRetryAfter(headers, context.nowMs) })
}

/** If the request had a body, the vendor rejected that body. */
function judgeRefusalBody<T>(call: Call<T>, facts: AnsweredFacts): EssentialsError {
  return call.body === undefined ? new RefusedError(facts) : judgeRefusal(call, facts)
}

function judgeRefusal<T>({ creates }: Call<T>, facts: AnsweredFacts): EssentialsError {
  if (creates === undefined) return new InvalidInputError(facts)
  const refusal = classifyRejection(facts.said, creates.primaryEmail)
  if (refusal === 'exists') return new AlreadyExistsError(facts)
  if (refusal === 'domain' && creates.what === 'user') {
    return new DomainNotRegisteredError(facts, domainOf(creates.primaryEmail))
  }
  return new InvalidInputError(facts)
}

/** The origin only: a path may contain an address, and a query may contain anything. */
function originOf(location: string | string[] | undefined): string | undefined {
  const origin = typeof location === 'string' ? URL.parse(location)?.origin : undefined
  return origin === 'null' ? undefined : origin
}
