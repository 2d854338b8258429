/**
 * Removes secrets from text of the vendor. Runs in time linear in the length of the text, also if the text is
 * repetitive: each form of a secret is searched with the Knuth–Morris–Pratt algorithm.
 */
const secretName = /passw(or)?d|secret/i
const mask = '***'
/** A shorter secret is likely to occur inside words, so it is masked only as a whole word. */
const shortest = 6
/** Maximum total length of the secrets, in characters. For a request with more, no text of the vendor is passed on. */
const mostToLookFor = 8_000

/**
 * Removes the secrets from a text. The result ends at `until`; the text beyond it only helps to find a secret that
 * starts before it.
 */
export interface Redactor {
  (text: string, until?: number): string
  /** Length of the longest form of a secret. If the text extends this far beyond `until`, no secret is split. */
  readonly longest: number
}

/** The strings of a request body that must not appear anywhere else. */
export function secretsOf(body: unknown): string[] {
  const found: string[] = []
  // Breadth first, without recursion: a body may be deep and large.
  let level: unknown[] = [body]
  while (level.length > 0) {
    const below: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const [name, inner] of Object.entries(value)) {
        if (typeof inner !== 'string') below.push(inner)
        else if (inner !== '' && secretName.test(name)) found.push(inner)
      }
    }
    level = below
  }
  return found
}

/** Masks each secret, including its encodings in JSON, URLs and HTML. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const distinct = [...new Set(secrets)]
  const length = distinct.reduce((sum, secret) => sum + secret.length, 0)
  if (length > mostToLookFor) return Object.assign(() => '', { longest: 0 })
  const forms = [...new Set(distinct.flatMap(formsOf))].map((form) => ({ form, fallbacks: fallbacksOf(form) }))
  const redact = (text: string, until = text.length) => {
    const spans = forms.flatMap(({ form, fallbacks }) => spansOf(text, form, fallbacks))
    return masked(text, spans, Math.min(until, text.length))
  }
  return Object.assign(redact, { longest: Math.max(0, ...forms.map(({ form }) => form.length)) })
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const url = encodeURIComponent(secret.toWellFormed())
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = html.replaceAll('"', '&quot;')
  return [
    secret,
    json,
    ascii,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replaceAll('%20', '+'),
    html,
    quoted,
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&#x27;'),
    secret.trim().replace(/\s+/g, ' '),
  ].filter((form) => form !== '')
}

type Span = readonly [from: number, to: number]

/**
 * The failure function: for each match length, the length of the longest shorter match that ends at the same position.
 */
function fallbacksOf(form: string): Uint32Array {
  const fallbacks = new Uint32Array(form.length + 1)
  let matched = 0
  for (let at = 1; at < form.length; at += 1) {
    while (matched > 0 && form.charCodeAt(at) !== form.charCodeAt(matched)) matched = fallbacks[matched] ?? 0
    if (form.charCodeAt(at) === form.charCodeAt(matched)) matched += 1
    fallbacks[at + 1] = matched
  }
  return fallbacks
}

/** The positions of the form, including overlapping ones. A short form counts only as a whole word. */
function spansOf(text: string, form: string, fallbacks: Uint32Array): Span[] {
  const spans: Span[] = []
  let matched = 0
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    while (matched > 0 && sign !== form.charCodeAt(matched)) matched = fallbacks[matched] ?? 0
    if (sign === form.charCodeAt(matched)) matched += 1
    if (matched < form.length) continue
    const from = at + 1 - form.length
    if (form.length >= shortest || isWord(text, from, at + 1)) spans.push([from, at + 1])
    matched = fallbacks[matched] ?? 0
  }
  return spans
}

function isWord(text: string, from: number, to: number): boolean {
  return (
    !/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, from - 2), from)) && !/^[\p{L}\p{N}]/u.test(text.slice(to, to + 2))
  )
}

/** Overlapping occurrences share one mask. */
function masked(text: string, spans: Span[], until: number): string {
  let clean = ''
  let reached = 0
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    if (from >= until) break
    if (from >= reached) clean += text.slice(reached, from) + mask
    reached = Math.max(reached, to)
  }
  return clean + text.slice(reached, until)
}
