import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Allowance, Caller, Priority } from '../allowance.ts'
import type { Advice, EssentialsErrorCode, RequestCounts } from '../errors/essentials-error.ts'
import type { Warning } from '../wire/fields.ts'
import type { Call } from './classify-response.ts'
import type { Limits, Observer } from './http-exchange.ts'
import type { RetryPolicy } from './retry.ts'

/** The outcome of one request. */
export interface Attempt {
  readonly method: string
  readonly endpoint: string
  readonly outcome: 'OK' | EssentialsErrorCode
  readonly status: number | undefined
  /** Whether it retries an earlier request of the same call. */
  readonly repeat: boolean
  readonly milliseconds: number
}

export interface CallOptions {
  readonly priority: Priority
  /** The caller of an interactive request. */
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
  /** Maximum wait for the allowance, over all requests of the call. If it is absent, the allowance decides. */
  readonly maxWaitMs?: number | undefined
  /**
   * Awaited before each request, after its slot was taken. If it rejects, nothing is sent and the call rejects with the
   * same error.
   */
  readonly beforeSending?: (() => Promise<void>) | undefined
  /** The call asks whether the vendor accepts the credentials. Used by `refused-credentials.ts` alone. */
  readonly verifies?: boolean | undefined
  /** Must not throw. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined
}

/**
 * A value observed by one request. The times are those of that request, from the database clock. The counts cover the
 * whole call.
 */
export interface Observed<T> extends RequestCounts {
  readonly value: T
  readonly sentAt: string
  readonly arrivedAt: string
  readonly warnings: readonly Warning[]
}

/** The credentials, and their allowance. */
export interface Access {
  /** The headers of each request that carry the credentials. */
  readonly credentials: Readonly<Record<string, string>>
  /** Strings to remove from any text of the vendor that is passed on. */
  readonly secrets: readonly string[]
  readonly allowance: Allowance
  /** The area to which the account of the credentials belongs. If it is refused, the credentials are. */
  readonly ownArea?: string | undefined
}

/** State shared by all calls to one organization. */
export interface Connection {
  readonly observer?: Observer | undefined
  readonly origin: string
  readonly basePath: string
  /** Replaced when the credentials are rotated. Each request uses the present ones. */
  access: Access
  /** A header that gets a new UUID for each call, which the log repeats. */
  readonly correlationHeader?: string | undefined
  readonly advice: Advice
  /** A cheap call that needs nothing but right credentials. Undefined: a 401 has no effect on other requests. */
  readonly verification?: Call<unknown> | undefined
  readonly organization: string
  readonly logger: Logger
  readonly dispatcher: Dispatcher
  readonly limits: Limits
  readonly retry: RetryPolicy
  readonly random: () => number
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  readonly now: () => number
  /** Background work sends nothing before this local time in milliseconds, because the vendor requested a pause. */
  readonly quiet: { untilMs: number }
}
