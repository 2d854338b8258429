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
export function classifyRejection(text: string | undefined, primaryEmail: string): 'exists' | 'domain' | undefined {
  if (text === undefined) return undefined
  if (saysExists.test(text) && !saysOther.test(text)) return 'exists'
  return saysDomainIsUnregistered(text, primaryEmail) ? 'domain' : undefined
}

export function domainOf(primaryEmail: string): string {
  return primaryEmail.slice(primaryEmail.lastIndexOf('@') + 1)
}

const errorWords = /^\s*(error|fail(ed|ure)?)\s*$/i
const noErrorWords = /^\s*(|0|none|null|false|ok|success|no errors?)\s*$/i
const falseWords = /^\s*(false|no|0)\s*$/i
/** A cheap check that avoids parsing long lists twice. */
const maySay =
  /"(?:success|ok|is_?success|is_?successful|succeeded)"\s*:\s*(?:false|0|"\s*(?:false|no|0)\s*")|"(?:errors?|error_?messages?|fault)"\s*:\s*[^\s\]},]|"(?:status|result)"\s*:\s*"\s*(?:error|fail)/i

type Body = Readonly<Record<string, unknown>>

/** The request whose response is judged. */
export interface Judged {
  readonly method: string
  /** What a write sent. A response that returns the user may repeat it. */
  readonly body?: Body
}

/**
 * Whether the body of a 2xx response reports an error: it has `success: false`, or an `error`. A user's own fields may
 * be called `error` or `status`, so these are no error in two cases: a read that shows more of the user than its
 * address, unless the words say that the user is gone; and a write that sent the same value.
 */
export function isRefusalBody(text: string, request: Judged): boolean {
  if (!maySay.test(text)) return false
  const isRead = request.method === 'GET'
  const body = parsed(text)
  const bodies = isRead ? [body] : partsOf(body)
  return bodies.some((one) => isObject(one) && (isRead ? isRefusedRead(one) : isRefusedWrite(one, request.body ?? {})))
}

function isRefusedRead(body: Body): boolean {
  if (saysNoSuccess(body)) return true
  const errors = errorsOf(body)
  return errors.length > 0 && (!showsUser(body) || errors.some(([, error]) => saysGone.test(JSON.stringify(error))))
}

function isRefusedWrite(body: Body, sent: Body): boolean {
  return (
    saysNoSuccess(body) || errorsOf(body).some(([name, error]) => JSON.stringify(sent[name]) !== JSON.stringify(error))
  )
}

/** A write returns at most one user, so an error further inside can only concern the write. */
function partsOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body.slice(0, 10)
  return isObject(body) ? [body, ...['data', 'result', 'response'].map((name) => body[name])] : []
}

function saysNoSuccess(body: Body): boolean {
  return entriesOf(body, ['success', 'ok', 'issuccess', 'issuccessful', 'succeeded']).some(([, value]) =>
    falseWords.test(String(value)),
  )
}

function errorsOf(body: Body): [string, unknown][] {
  return [
    ...entriesOf(body, ['error', 'errors', 'errormessage', 'errormessages', 'fault']).filter(([, value]) =>
      isError(value),
    ),
    ...entriesOf(body, ['status', 'result']).filter(([, value]) => typeof value === 'string' && errorWords.test(value)),
  ]
}

/** Regardless of letter case and underscores. */
function entriesOf(body: Body, names: readonly string[]): [string, unknown][] {
  return Object.entries(body).filter(([key]) => names.includes(key.toLowerCase().replaceAll('_', '')))
}

const profileFields = ['firstName', 'lastName', 'type', 'roles', 'aliases', 'groups', 'mailboxSize', 'createdAt']
const saysGone =
  /\b(deleted|removed|gone|terminated|does ?n[o']?t exist|no longer|not found|no such|unknown user|never existed)\b/i

/** An error response may repeat the requested address, but nothing else of a user. */
function showsUser(body: Body): boolean {
  const { primaryEmail } = body
  const isUser = typeof primaryEmail === 'string' && primaryEmail.includes('@')
  return isUser && profileFields.some((name) => body[name] !== undefined && body[name] !== null)
}

function isError(value: unknown): boolean {
  if (typeof value === 'string') return !noErrorWords.test(value)
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== undefined && value !== null && value !== false && value !== 0
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
