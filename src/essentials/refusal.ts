import { saysDomainIsUnregistered } from './domain-refusal.ts'

const saysExists =
  /\balready\b.{0,20}\b(exists?|existing|in use|used|taken|assigned|present|added|created|registered|allocated|associated|belongs?|known|claimed|reserved|provisioned|defined|on file|member|has an account)\b|\bduplicate[ds]?\b|\b(is|been) taken\b|\bin use\b|\bnot unique\b|\bmust be unique\b/i
/** Messages about a license, a quota, or a whole domain that is in use. They do not concern the address. */
const saysOther =
  /\b(limit|quota|licen[cs]es?|seats?|maximum)\b|\bdomain\b.{0,60}\balready\b|\bdomain\b.{0,40}\b(is|been) (taken|in use)\b/i

/**
 * Classifies the message of a rejected create. `exists`: the address is in use; the caller verifies this by reading the
 * user. `domain`: the whole domain is not registered; nothing verifies this, so only an unambiguous sentence counts.
 */
export function readRefusal(text: string | undefined, primaryEmail: string): 'exists' | 'domain' | undefined {
  if (text === undefined) return undefined
  if (saysExists.test(text) && !saysOther.test(text)) return 'exists'
  return saysDomainIsUnregistered(text, primaryEmail) ? 'domain' : undefined
}

export function domainOf(primaryEmail: string): string {
  return primaryEmail.slice(primaryEmail.lastIndexOf('@') + 1)
}

const errorWords = /^(error|fail(ed|ure)?)$/i
const noErrorWords = /^\s*(|0|none|null|false|ok|success|no errors?)\s*$/i
/** A cheap check that avoids parsing long lists twice. */
const maySay =
  /"(?:success|ok)"\s*:\s*(?:false|"false")|"(?:errors?|error_?message|fault)"\s*:\s*[^\s\]},]|"status"\s*:\s*"(?:error|fail)/i

/**
 * Whether the body of a 2xx response reports an error: it has `success: false`, or it has an `error` and is not a user.
 * A user's own fields may be called `error` or `status`.
 */
export function isRefusalBody(text: string): boolean {
  if (!maySay.test(text)) return false
  const body = parsedObject(text)
  if (body === undefined) return false
  const field = (name: string) => Object.entries(body).find(([key]) => key.toLowerCase() === name)?.[1]
  if (['success', 'ok'].some((name) => String(field(name)).toLowerCase() === 'false')) return true
  if (typeof body.primaryEmail === 'string' && body.primaryEmail.includes('@')) return false
  if (['error', 'errors', 'errormessage', 'error_message', 'fault'].some((name) => isError(field(name)))) return true
  const status = field('status')
  return typeof status === 'string' && errorWords.test(status)
}

function isError(value: unknown): boolean {
  if (typeof value === 'string') return !noErrorWords.test(value)
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== undefined && value !== null && value !== false && value !== 0
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
