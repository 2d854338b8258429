export type EssentialsErrorCode =
  | 'ABORTED'
  | 'ALLOWANCE_EXHAUSTED'
  | 'ALLOWANCE_FAILED'
  | 'ALREADY_EXISTS'
  | 'ANSWER_TOO_LARGE'
  | 'DOMAIN_NOT_REGISTERED'
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'REDIRECTED'
  | 'REFUSED'
  | 'SERVER_FAILURE'
  | 'TIMED_OUT'
  | 'TRUNCATED_ANSWER'
  | 'UNAUTHORIZED'
  | 'UNEXPECTED_STATUS'
  | 'UNINTELLIGIBLE_ANSWER'
  | 'UNREACHABLE'

/** The cost of one call: requests sent, how many of them were retries, and how many were answered with 429. */
export interface RequestCounts {
  readonly requests: number
  readonly retries: number
  readonly rateLimited: number
}

/** The request that failed. `endpoint` is the path's pattern. `path` may contain an address. */
export interface RequestFacts {
  readonly organization: string
  readonly method: string
  readonly endpoint: string
  readonly path: string
  readonly write: boolean
  /** Whether any byte of it may have left this machine. */
  readonly sent: boolean
  readonly counts: RequestCounts
  readonly status?: number | undefined
  readonly sentAt?: string | undefined
  readonly arrivedAt?: string | undefined
  /** The vendor's message from its response, redacted and bounded. */
  readonly said?: string | undefined
  /** What would be right, where that differs between the APIs. */
  readonly advice?: Advice | undefined
  readonly cause?: unknown
}

export interface Advice {
  /** For 401 and 403. */
  readonly unauthorized: string
  /** For a status that the API does not document. */
  readonly unexpected: string
}

export interface AnsweredFacts extends RequestFacts {
  readonly status: number
  readonly sentAt: string
  readonly arrivedAt: string
}

interface Verdict {
  readonly code: EssentialsErrorCode
  readonly problem: string
  readonly expected: string
  /** The same call may succeed later without any change. */
  readonly transient: boolean
  readonly outcomeUnknown: boolean
}

/** Base class of every failure between this program and the vendor. Contains no secret, password or request body. */
export abstract class EssentialsError extends Error {
  readonly code: EssentialsErrorCode
  readonly organization: string
  readonly method: string
  readonly endpoint: string
  readonly status: number | undefined
  readonly sentAt: string | undefined
  readonly arrivedAt: string | undefined
  /** The input or state that would have been correct. */
  readonly expected: string
  /** Whether a write may have been carried out despite the error: read before you retry. Always false for reads. */
  readonly outcomeUnknown: boolean
  /** Whether the same call may be retried and may then succeed. Always false while the outcome is unknown. */
  readonly retryable: boolean
  readonly counts: RequestCounts
  /** The vendor's message, or undefined if the response had none. */
  readonly vendorMessage: string | undefined
  readonly #path: string

  protected constructor(facts: RequestFacts, verdict: Verdict) {
    super(
      `${facts.method} ${facts.endpoint} of organization "${facts.organization}": ${problemOf(facts, verdict)}; expected ${verdict.expected}`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    )
    this.name = new.target.name
    this.code = verdict.code
    this.organization = facts.organization
    this.method = facts.method
    this.endpoint = facts.endpoint
    this.status = facts.status
    this.sentAt = facts.sentAt
    this.arrivedAt = facts.arrivedAt
    this.expected = verdict.expected
    this.outcomeUnknown = facts.write && verdict.outcomeUnknown
    this.retryable = verdict.transient && !this.outcomeUnknown
    this.counts = facts.counts
    this.vendorMessage = facts.said
    this.#path = facts.path
  }

  /** The path as sent. Not enumerable because it may contain an address, and loggers write enumerable properties. */
  get path(): string {
    return this.#path
  }
}

function problemOf({ said }: RequestFacts, { problem }: Verdict): string {
  return said === undefined ? problem : `${problem}: ${said}`
}
