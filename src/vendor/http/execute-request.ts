import { randomUUID } from 'node:crypto'
import type { Slot } from '../allowance.ts'
import { AllowanceFailedError, AskedToWaitError } from '../errors/allowance-errors.ts'
import { EssentialsError, type RequestCounts } from '../errors/essentials-error.ts'
import { RateLimitedError, ServerFailureError } from '../errors/response-errors.ts'
import { AbortedError } from '../errors/transport-errors.ts'
import type { Parsed } from '../wire/wire.ts'
import { type Call, judge, type ParsedResponse } from './classify-response.ts'
import type { CallOptions, Connection, Observed } from './connection.ts'
import { type Answer, exchange, type Failure, type HttpRequest } from './http-exchange.ts'
import { mostRedirects, redirectTarget } from './path.ts'
import { pauseWhenSpent } from './rate-limit-headers.ts'
import { createRedactor, secretsOf } from './redact.ts'
import { longestRetryAfterMs, longestSleepMs, rateLimitPause, retryDelay } from './retry.ts'
import { describe, pause, prepare, refuse, takeSlot } from './use-allowance.ts'

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
  const correlator = connection.correlationHeader === undefined ? undefined : randomUUID()
  const log = logger.child({
    organization: connection.organization,
    method,
    endpoint,
    ...(correlator !== undefined && { correlator }),
  })
  // Built before the first slot is taken: a body that cannot be serialized must not cost a slot.
  const first = requestOf(connection, call, correlator)
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
    const limits = { ...connection.limits, ...call.limits }
    const outcome = await exchange(connection.dispatcher, request, limits, options.signal, call.readBody?.(slot.sentAt))
    const milliseconds = now() - sentFrom
    const isRedirected = request !== first
    counts = counted(counts, outcome, isRedirected)
    // Recorded before the slot is returned, which may let another request begin.
    if (outcome.status === 401 && connection.stopsWhenUnauthorized) await refuse(allowance, log)
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

function requestOf<T>(
  { origin, basePath, credentials, correlationHeader }: Connection,
  { method, path, body }: Call<T>,
  correlator: string | undefined,
): HttpRequest {
  const headers = {
    ...credentials,
    ...(correlationHeader !== undefined && correlator !== undefined && { [correlationHeader]: correlator }),
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'essentials-graph',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return { origin, path: `${basePath}${path}`, method, headers, body: body && JSON.stringify(body) }
}

/** Returns the slot first, so that the result carries the time of arrival. */
async function conclude<T>(
  { organization, secrets, limits, now, advice }: Connection,
  call: Call<T>,
  slot: Slot,
  outcome: Answer<Parsed<T>> | Failure,
  counts: RequestCounts,
  redirects: number,
): Promise<(ParsedResponse<T> & { arrivedAt: string }) | EssentialsError> {
  const sent = outcome.kind === 'answer' || outcome.sent
  const facts = { ...describe(organization, call), sent, counts, sentAt: slot.sentAt, advice }
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
      maxBytes: call.limits?.maxBytes ?? limits.maxBytes,
      redirects,
      redactor: () => createRedactor([...secrets, ...secretsOf(call.body)]),
    },
  )
  return result instanceof EssentialsError ? result : { ...result, arrivedAt }
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

/** A request after a redirect is not a retry. */
function counted(counts: RequestCounts, outcome: Answer | Failure, isRedirected: boolean): RequestCounts {
  return {
    requests: counts.requests + 1,
    retries: counts.retries + (counts.requests === 0 || isRedirected ? 0 : 1),
    rateLimited: counts.rateLimited + (outcome.kind === 'answer' && outcome.status === 429 ? 1 : 0),
  }
}
