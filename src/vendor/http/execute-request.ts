import { randomUUID } from 'node:crypto'
import type { Slot } from '../allowance.ts'
import { AllowanceFailedError, AskedToWaitError } from '../errors/allowance-errors.ts'
import { type Advice, EssentialsError, type RequestCounts } from '../errors/essentials-error.ts'
import { RateLimitedError, ServerFailureError } from '../errors/response-errors.ts'
import { AbortedError } from '../errors/transport-errors.ts'
import type { Parsed } from '../wire/wire.ts'
import { type Call, judge, type ParsedResponse } from './classify-response.ts'
import type { Access, CallOptions, Connection, Observed } from './connection.ts'
import { type Answer, exchange, type Failure, type HttpRequest } from './http-exchange.ts'
import { mostRedirects, redirectTarget } from './path.ts'
import { pauseWhenSpent } from './rate-limit-headers.ts'
import { createRedactor, secretsOf } from './redact.ts'
import { accept, explainRefusal, refuse } from './refused-credentials.ts'
import { longestRetryAfterMs, longestSleepMs, rateLimitPause, retryDelay } from './retry.ts'
import { describe, pause, prepare, takeSlot } from './use-allowance.ts'

/**
 * Sends a call, with retries, until it succeeds or must not be retried. Each request takes its own slot and always
 * returns it. After a 429 the whole key is paused, so the next attempt waits for a slot.
 */
export async function sendCall<T>(
  connection: Connection,
  call: Call<T>,
  options: CallOptions,
): Promise<Observed<T> & { readonly text: string }> {
  const { logger, retry, random, now } = connection
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
    const { slot, access } = await takeSlot(connection, call, options, waitedMs, counts)
    waitedMs += now() - waitFrom
    connection.observer?.waited(options.priority, now() - waitFrom)
    await prepare(slot, options)

    const sentFrom = now()
    const limits = { ...connection.limits, ...call.limits }
    const sent = { ...request, headers: { ...access.credentials, ...request.headers } }
    const read = call.readBody?.(slot.sentAt)
    // A long body proves that the vendor accepts the credentials as soon as it begins.
    const readBody: typeof read =
      read && connection.verification
        ? async (chunks) => {
            void accept(access, slot, log)
            return await read(chunks)
          }
        : read
    const outcome = await exchange(connection.dispatcher, sent, limits, options.signal, readBody)
    const milliseconds = now() - sentFrom
    const isRedirected = request !== first
    counts = counted(counts, outcome, isRedirected)
    // Recorded before the slot is returned, which may let another request begin.
    const refusal =
      connection.verification && outcome.status === 401 ? await refuse(access, slot, call, log) : undefined
    const explain = () =>
      explainRefusal(refusal, connection, access, call, log, (verification, how) =>
        sendCall(connection, verification, how),
      )
    const result = await conclude(connection, access, call, slot, outcome, counts, redirects, explain)

    if (connection.verification && !read && !(result instanceof EssentialsError)) await accept(access, slot, log)
    const status = outcome.status
    const error = result instanceof EssentialsError ? result : undefined
    log.debug({ status, ms: milliseconds, code: error?.code }, 'request')
    const date = outcome.kind === 'answer' ? [outcome.headers.date ?? []].flat()[0] : undefined
    const { organization } = connection
    connection.observer?.request({ organization, method, endpoint, status, milliseconds, date })
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
    if (pauseMs !== undefined) await pause(access.allowance, pauseMs, log)

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
    // The key was rotated meanwhile. A request that was refused with 401 was not carried out.
    if (status === 401 && access !== connection.access) {
      log.info('the key was rotated, repeating the request')
      redirects = 0
      request = first
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
  { origin, basePath, correlationHeader }: Connection,
  { method, path, body }: Call<T>,
  correlator: string | undefined,
): HttpRequest {
  const headers = {
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
  { organization, limits, now, advice }: Connection,
  access: Access,
  call: Call<T>,
  slot: Slot,
  outcome: Answer<Parsed<T>> | Failure,
  counts: RequestCounts,
  redirects: number,
  explain: () => Promise<Advice | undefined>,
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
    { ...facts, arrivedAt, advice: (await explain()) ?? advice },
    {
      nowMs: now(),
      maxBytes: call.limits?.maxBytes ?? limits.maxBytes,
      redirects,
      redactor: () => createRedactor([...access.secrets, ...secretsOf(call.body)]),
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
