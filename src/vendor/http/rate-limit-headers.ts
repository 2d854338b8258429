export type HeaderMap = { readonly [name: string]: string | string[] | undefined }

const maxPauseAfter429 = 15 * 60_000
const maxPauseWhenSpent = 60_000

/**
 * How long to pause after a 429, in milliseconds, at most 15 minutes. Undefined if the vendor names no time, or a time
 * that has passed.
 */
export function pauseAfterRateLimit(headers: HeaderMap, nowMs: number): number | undefined {
  const reference = serverTime(headers) ?? nowMs
  const policies = readPolicies(headers, reference)
  const spent = policies.filter((policy) => policy.remaining === 0)
  const resets = (spent.length > 0 ? spent : policies).flatMap((policy) => policy.resetMs ?? [])
  const requestedMs = readRetryAfter(headers, reference) ?? (resets.length > 0 ? Math.max(...resets) : undefined)
  return requestedMs === undefined || requestedMs <= 0 ? undefined : Math.min(requestedMs, maxPauseAfter429)
}

/**
 * How long to pause after a response that reports no remaining requests, in milliseconds, at most one minute. Undefined
 * otherwise. The number of remaining requests is ignored: a header never raises the configured allowance.
 */
export function pauseWhenSpent(headers: HeaderMap, nowMs: number): number | undefined {
  const resets = readPolicies(headers, serverTime(headers) ?? nowMs).flatMap(({ remaining, resetMs }) =>
    remaining === 0 && resetMs !== undefined && resetMs > 0 ? [resetMs] : [],
  )
  return resets.length === 0 ? undefined : Math.min(Math.max(...resets), maxPauseWhenSpent)
}

/** `Retry-After` in milliseconds from the reference. The header holds seconds or an HTTP date. */
export function readRetryAfter(headers: HeaderMap, referenceMs: number): number | undefined {
  const value = first(headers['retry-after'])
  const seconds = readNumber(value)
  if (seconds !== undefined) return seconds * 1000
  const moment = readHttpDate(value)
  return moment === undefined ? undefined : Math.max(0, moment - referenceMs)
}

interface Policy {
  readonly remaining: number | undefined
  readonly resetMs: number | undefined
}

function readPolicies(headers: HeaderMap, referenceMs: number): Policy[] {
  const separate = ['ratelimit', 'x-ratelimit', 'x-rate-limit'].map((family) => ({
    remaining: readNumber(first(headers[`${family}-remaining`])),
    resetMs: readReset(first(headers[`${family}-reset`]), referenceMs),
  }))
  return [...separate, ...readCombined(headers.ratelimit, referenceMs)].filter(
    ({ remaining, resetMs }) => remaining !== undefined || resetMs !== undefined,
  )
}

/**
 * `RateLimit`: one policy as `limit=100, remaining=0, reset=30`. Later drafts allow several, as `"name";r=0;t=30, …`.
 */
function readCombined(header: string | string[] | undefined, referenceMs: number): Policy[] {
  const text = [header ?? []].flat().join(', ')
  const parameter = (part: string, name: string) =>
    new RegExp(`(?:^|[,;\\s])${name}\\s*=\\s*"?([\\d.]+)`, 'i').exec(part)?.[1]
  const parts = /(?:remaining|reset)\s*=/i.test(text) ? [text] : text.split(',')
  return parts.map((part) => ({
    remaining: readNumber(parameter(part, 'remaining') ?? parameter(part, 'r')),
    resetMs: readReset(parameter(part, 'reset') ?? parameter(part, 't'), referenceMs),
  }))
}

/** Remaining seconds, or an epoch time: in seconds above 10⁹, in milliseconds above 10¹². */
function readReset(value: string | undefined, referenceMs: number): number | undefined {
  const number = readNumber(value)
  if (number === undefined) return undefined
  if (number > 1e12) return Math.max(0, number - referenceMs)
  return number > 1e9 ? Math.max(0, number * 1000 - referenceMs) : number * 1000
}

/** The vendor's clock. Its dates and epoch times are relative to it, and the local clock may be wrong. */
function serverTime(headers: HeaderMap): number | undefined {
  return readHttpDate(first(headers.date))
}

function readHttpDate(value: string | undefined): number | undefined {
  if (value === undefined || !/^[A-Z][a-z]{2,8}, .+ GMT$/.test(value)) return undefined
  const moment = Date.parse(value)
  return Number.isNaN(moment) ? undefined : moment
}

/** The number at the start of a value. Some servers append a policy, as in `100, 100;w=60`. */
function readNumber(value: string | undefined): number | undefined {
  const digits = /^\s*(\d+(?:\.\d+)?)\s*(?:[,;].*)?$/.exec(value ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
