import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Allowance, Caller, Priority, Slot } from '../allowance.ts'
import { AllowanceExhaustedError, AllowanceFailedError, AskedToWaitError } from '../errors/allowance-errors.ts'
import { EssentialsError, type EssentialsErrorCode, type RequestCounts } from '../errors/essentials-error.ts'
import { RateLimitedError, ServerFailureError } from '../errors/response-errors.ts'
import { AbortedError } from '../errors/transport-errors.ts'
import type { Warning } from '../wire/fields.ts'
import { type Call, judge, type ParsedResponse } from './classify-response.ts'
import { type Answer, exchange, type Failure, type HttpRequest, type Limits, type Observer } from './http-exchange.ts'
import { mostRedirects, redirectTarget } from './path.ts'
import { pauseWhenSpent } from './rate-limit-headers.ts'
import { createRedactor, secretsOf } from './redact.ts'
import {
  longestPauseMs,
  longestRetryAfterMs,
  longestSleepMs,
  type RetryPolicy,
  rateLimitPause,
  retryDelay,
} from './retry.ts'

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

/** State shared by all calls to one organization. */
export interface Connection {
  readonly observer?: Observer | undefined
  readonly origin: string
  readonly basePath: string
  readonly authorization: string
  /** Strings to remove from any text of the vendor that is passed on. */
  readonly secrets: readonly string[]
  readonly organization: string
  readonly allowance: Allowance
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

/**
 * Sends a call, with retries, until it succeeds or must not be retried. Each request takes its own slot and always
 * returns it. After a 429 the whole key is paused, so the next attempt waits for a slot.
 */
export async function sendCall<T>(
  connection: Connection,
  call: Call<T>,
  options: CallOptions,
): Promise<Observed<T> & { readonly text: string }> {
  const { allowance, logger, retry, random, now } = connection
  const { method, endpoint } = call
  const log = logger.child({ organization: connection.organization, method, endpoint })
  // Built before the first slot is taken: a body that cannot be serialized must not cost a slot.
  const first = requestOf(connection, call)
  let request = first
  let redirects = 0
  const failures = { transient: 0, rateLimited: 0 }
  let counts: RequestCounts = { requests: 0, retries: 0, rateLimited: 0 }
  let waitedMs = 0

  for (;;) {
    if (options.priority === 'background') await keepQuiet(connection, call, options.signal, counts)
    const waitFrom = now()
    const slot = await takeSlot(connection, call, options, waitedMs, counts)
    waitedMs += now() - waitFrom
    connection.observer?.waited(options.priority, now() - waitFrom)
    await prepare(slot, options)

    const sentFrom = now()
    const outcome = await exchange(connection.dispatcher, request, connection.limits, options.signal)
    const milliseconds = now() - sentFrom
    const isRedirected = request !== first
    counts = counted(counts, outcome, isRedirected)
    const result = await conclude(connection, call, slot, outcome, counts, redirects)

    const status = outcome.status
    const error = result instanceof EssentialsError ? result : undefined
    log.debug({ status, ms: milliseconds, code: error?.code }, 'request')
    connection.observer?.request({ organization: connection.organization, method, endpoint, status, milliseconds })
    options.onAttempt?.({
      method,
      endpoint,
      outcome: error?.code ?? 'OK',
      status,
      repeat: counts.requests > 1 && !isRedirected,
      milliseconds,
    })

    const pauseMs =
      error instanceof RateLimitedError
        ? rateLimitPause(error, failures, retry, random)
        : outcome.kind === 'answer'
          ? pauseWhenSpent(outcome.headers, now())
          : undefined
    if (pauseMs !== undefined) await pause(allowance, pauseMs, log)

    if (!(result instanceof EssentialsError)) {
      return { ...result, sentAt: slot.sentAt, arrivedAt: result.arrivedAt, ...counts }
    }
    const target = redirects < mostRedirects ? redirectTarget(request, outcome) : undefined
    if (target !== undefined) {
      log.debug({ status, redirects }, 'redirected')
      redirects += 1
      request = { ...first, path: target }
      continue
    }
    if (options.priority === 'background' && result instanceof ServerFailureError) askForQuiet(connection, result)
    const delayMs = retryDelay(result, failures, retry, random, options.priority)
    if (delayMs === undefined) throw result
    log.warn({ status, code: result.code, request: counts.requests, delayMs, pauseMs }, 'request failed, retrying')
    failures[result instanceof RateLimitedError ? 'rateLimited' : 'transient'] += 1
    redirects = 0
    request = first
    await rest(connection, call, options.signal, delayMs, counts)
  }
}

/**
 * Background work respects the vendor's `Retry-After`, no matter which call received it. A long one rejects the call.
 */
async function keepQuiet<T>(
  connection: Connection,
  call: Call<T>,
  signal: AbortSignal | undefined,
  counts: RequestCounts,
): Promise<void> {
  const leftMs = connection.quiet.untilMs - connection.now()
  if (leftMs > longestSleepMs) {
    throw new AskedToWaitError({ ...describe(connection.organization, call), sent: false, counts }, leftMs)
  }
  if (leftMs > 0) await rest(connection, call, signal, leftMs, counts)
}

function askForQuiet({ quiet, now }: Connection, { retryAfterMs = 0 }: ServerFailureError): void {
  quiet.untilMs = Math.max(quiet.untilMs, now() + Math.min(retryAfterMs, longestRetryAfterMs))
}

async function takeSlot<T>(
  { allowance, organization }: Connection,
  call: Call<T>,
  { priority, caller, signal, maxWaitMs }: CallOptions,
  waitedMs: number,
  counts: RequestCounts,
): Promise<Slot> {
  const facts = { ...describe(organization, call), sent: false, counts }
  if (signal?.aborted) throw new AbortedError({ ...facts, cause: signal.reason })
  try {
    return await allowance.take({
      priority,
      ...(caller === undefined ? {} : { caller }),
      ...(signal === undefined ? {} : { signal }),
      ...(priority === 'background' && { maxPauseMs: longestPauseMs }),
      ...(maxWaitMs === undefined ? {} : { maxWaitMs: Math.max(0, maxWaitMs - waitedMs) }),
    })
  } catch (cause) {
    if (signal?.aborted) throw new AbortedError({ ...facts, cause })
    const { retryAt, problem } =
      cause instanceof Error ? (cause as Error & { retryAt?: unknown; problem?: unknown }) : {}
    if (typeof retryAt === 'string') {
      const limit = typeof problem === 'string' ? problem : undefined
      throw new AllowanceExhaustedError({ ...facts, cause }, retryAt, limit)
    }
    throw new AllowanceFailedError({ ...facts, cause }, 'take', false)
  }
}

async function prepare(slot: Slot, { beforeSending }: CallOptions): Promise<void> {
  try {
    await beforeSending?.()
  } catch (error) {
    // If this fails too, the slot's lease expires.
    await slot.release().catch(() => {})
    throw error
  }
}

function requestOf<T>({ origin, basePath, authorization }: Connection, { method, path, body }: Call<T>): HttpRequest {
  const headers = {
    authorization,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'essentials-graph',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return { origin, path: `${basePath}${path}`, method, headers, body: body && JSON.stringify(body) }
}

/** Returns the slot first, so that the result carries the time of arrival. */
async function conclude<T>(
  { organization, secrets, limits, now }: Connection,
  call: Call<T>,
  slot: Slot,
  outcome: Answer | Failure,
  counts: RequestCounts,
  redirects: number,
): Promise<(ParsedResponse<T> & { arrivedAt: string }) | EssentialsError> {
  const sent = outcome.kind === 'answer' || outcome.sent
  const facts = { ...describe(organization, call), sent, counts, sentAt: slot.sentAt }
  let arrivedAt: string
  try {
    arrivedAt = await slot.release()
  } catch (cause) {
    const refused = outcome.kind === 'answer' && outcome.status >= 400 && outcome.status < 500 && outcome.status !== 408
    return new AllowanceFailedError({ ...facts, status: outcome.status, cause }, 'release', sent && !refused)
  }
  const result = judge(
    call,
    outcome,
    { ...facts, arrivedAt },
    {
      nowMs: now(),
      maxBytes: limits.maxBytes,
      redirects,
      redactor: () => createRedactor([...secrets, ...secretsOf(call.body)]),
    },
  )
  return result instanceof EssentialsError ? result : { ...result, arrivedAt }
}

/** A failed pause must not discard the response. If the allowance is unavailable, taking the next slot fails. */
async function pause(allowance: Allowance, milliseconds: number, log: Logger): Promise<void> {
  try {
    await allowance.pause(milliseconds)
  } catch (error) {
    log.warn({ err: error, pauseMs: milliseconds }, 'cannot pause the API key')
  }
}

async function rest<T>(
  { organization, sleep }: Connection,
  call: Call<T>,
  signal: AbortSignal | undefined,
  delayMs: number,
  counts: RequestCounts,
): Promise<void> {
  if (delayMs === 0) return
  try {
    await sleep(delayMs, signal)
  } catch (cause) {
    if (!signal?.aborted) throw cause
    // A call is retried only if it was not carried out, so its outcome is certain between two requests.
    throw new AbortedError({ ...describe(organization, call), sent: false, counts, cause })
  }
}

function describe<T>(organization: string, { method, endpoint, path }: Call<T>) {
  return { organization, method, endpoint, path, write: method !== 'GET' }
}

/** A request after a redirect is not a retry. */
function counted(counts: RequestCounts, outcome: Answer | Failure, isRedirected: boolean): RequestCounts {
  return {
    requests: counts.requests + 1,
    retries: counts.retries + (counts.requests === 0 || isRedirected ? 0 : 1),
    rateLimited: counts.rateLimited + (outcome.kind === 'answer' && outcome.status === 429 ? 1 : 0),
  }
}
