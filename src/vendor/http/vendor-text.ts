import { createRedactor, type Redactor } from './redact.ts'

const maxJson = 1_048_576
const maxRead = 16_384
const maxText = 500
/** Limits for one JSON string, and for the name before it. */
const maxPart = 4_096
const maxName = 100
const maxParts = 12
const maxDepth = 8

/** Names of fields that hold explanations. */
const telling =
  /^(messages?|msg|err(or)?s?|error_?messages?|error_?description|details?|description|title|reasons?|faults?|faultstring|problems?|violations?|issues?|text)$/i
/** Names of fields that echo the request, or that only concern the server. */
const echoing =
  /^(request.*|identifier|body|payload|params|data|input|received|actual|value|rejected_?value|pass.*|secret|token|headers|stack.*|trace.*|timestamp|path|instance|type)$/i

/**
 * Extracts the message of an error response as one line of at most 500 characters. The body may be JSON of any shape,
 * HTML, plain text or empty. Runs in time linear in the length of the body. `redact` receives each piece before it is
 * changed, together with the text after a cut, so that no secret is split. Never throws.
 */
export function extractVendorText(body: string, redact: Redactor = nothingSecret): string | undefined {
  const json = body.length > maxJson ? undefined : parse(body)
  const text = json === undefined ? fromMarkup(cut(body, maxRead, redact)) : fromJson(json.value, redact)
  const line = oneLine(redact(text))
  if (line === '') return undefined
  return line.length > maxText ? `${line.slice(0, maxText - 1).toWellFormed()}…` : line
}

const nothingSecret = createRedactor([])

/** The beginning of a text, redacted. */
function cut(text: string, length: number, redact: Redactor): string {
  return redact(text.slice(0, length + redact.longest), length)
}

function parse(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown }
  } catch {
    return undefined
  }
}

function fromJson(value: unknown, redact: Redactor): string {
  if (typeof value === 'string') return fromMarkup(cut(value, maxRead, redact))
  const parts = new Set<string>()
  gather(value, false, redact, parts)
  if (parts.size === 0) gather(value, true, redact, parts)
  return [...parts].join('; ')
}

/**
 * Adds the strings below a field that holds explanations, or all strings if `all` is set. The name of any other field
 * is put before its string.
 */
function gather(value: unknown, all: boolean, redact: Redactor, parts: Set<string>, name = '', depth = 0): void {
  if (parts.size === maxParts) return
  if (typeof value === 'string') {
    if (!all) return
    const text = oneLine(fromMarkup(cut(value, maxPart, redact)))
    if (text !== '') parts.add(name === '' || telling.test(name) ? text : `${cut(name, maxName, redact)}: ${text}`)
    return
  }
  if (typeof value !== 'object' || value === null || depth === maxDepth) return
  if (Array.isArray(value)) {
    for (const entry of value.slice(0, maxParts)) gather(entry, all, redact, parts, name, depth + 1)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    if (!echoing.test(key)) gather(inner, all || telling.test(key), redact, parts, key, depth + 1)
  }
}

function fromMarkup(text: string): string {
  if (!/<[a-z!/]/i.test(text)) return text
  return text
    .replace(/<!--[\s\S]*?(-->|$)/g, ' ')
    .replace(/<(script|style|head(?=[\s>]))\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[\da-f]{1,5});/gi, (entity, name: string) => decode(name) ?? entity)
}

const named: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function decode(name: string): string | undefined {
  if (!name.startsWith('#')) return named[name.toLowerCase()]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** Removes control characters, which belong neither in Postgres nor in a log line. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .toWellFormed()
    .trim()
}
