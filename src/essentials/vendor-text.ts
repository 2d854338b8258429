const maxJson = 1_048_576
const maxRead = 16_384
const maxText = 500
const maxParts = 12
const maxDepth = 8

/** Names under which servers explain themselves. */
const telling =
  /^(messages?|msg|err(or)?s?|errorMessages?|error_?description|details?|description|title|reasons?|faults?|faultstring|problems?|violations?|issues?|text)$/i
/** Names under which they give back what they were sent, or what is of use to them only. */
const echoing =
  /^(request.*|body|payload|params|data|input|received|actual|value|rejected_?value|pass.*|secret|token|headers|stack.*|trace.*|timestamp|path|instance|type)$/i

/**
 * What an error answer says, in one line of at most 500 characters, from JSON of any shape, HTML, plain text or nothing.
 * `clean` is given each piece before it is cut or changed. Never throws.
 */
export function extractVendorText(body: string, clean: (text: string) => string = (text) => text): string | undefined {
  const json = body.length > maxJson ? undefined : parse(body)
  // Cut after cleaning: a secret that the cut splits would no longer be found.
  const text =
    json === undefined ? fromMarkup(clean(body.slice(0, 2 * maxRead)).slice(0, maxRead)) : fromJson(json.value, clean)
  const line = oneLine(clean(text))
  if (line === '') return undefined
  return line.length > maxText ? `${line.slice(0, maxText - 1).toWellFormed()}…` : line
}

function parse(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown }
  } catch {
    return undefined
  }
}

function fromJson(value: unknown, clean: (text: string) => string): string {
  if (typeof value === 'string') return fromMarkup(clean(value))
  const told = gather(value, false, clean)
  const parts = told.length > 0 ? told : gather(value, true, clean)
  return [...new Set(parts)].slice(0, maxParts).join('; ')
}

/** Strings below a telling name, or all of them where `all` is set. A name that is not telling is put before its string. */
function gather(value: unknown, all: boolean, clean: (text: string) => string, name = '', depth = 0): string[] {
  if (typeof value === 'string') {
    const text = oneLine(fromMarkup(clean(value)))
    if (!all || text === '') return []
    return [name === '' || telling.test(name) ? text : `${name}: ${text}`]
  }
  if (typeof value !== 'object' || value === null || depth === maxDepth) return []
  if (Array.isArray(value))
    return value.slice(0, maxParts).flatMap((entry) => gather(entry, all, clean, name, depth + 1))
  return Object.entries(value)
    .filter(([key]) => !echoing.test(key))
    .flatMap(([key, inner]) => gather(inner, all || telling.test(key), clean, key, depth + 1))
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

/** Without control characters, which neither Postgres nor a log line should meet. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .toWellFormed()
    .trim()
}
