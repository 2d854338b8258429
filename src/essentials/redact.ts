/**
 * Takes secrets out of a text of the vendor's, in time that grows with the text's length alone, whatever the text repeats: each form of a
 * secret is looked for by Knuth, Morris and Pratt's algorithm.
 */
const secretName = /passw(or)?d|secret/i
const mask = '***'
/** Below this length a secret is likely to occur inside words, so only the whole word is masked. */
const shortest = 6
/** Characters of secrets, all together. A request that holds more gets no text of the vendor's at all. */
const mostToLookFor = 8_000

/** Takes the secrets out of a text. `until`: the text ends there, and what follows only helps to find a secret that begins before. */
export interface Redactor {
  (text: string, until?: number): string
  /** The length of the longest form of a secret: with so much behind the end, no secret is cut. */
  readonly longest: number
}

/** The strings of a request body that must not show up anywhere else. */
export function secretsOf(body: unknown): string[] {
  const found: string[] = []
  // Level by level: a body may be nested deep, and hold much.
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

/** Masks each secret, also where it is written as JSON, in a URL or in HTML would have it. */
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

/** For each length of a match, that of the longest shorter match which ends in the same place. */
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

/** Where the form occurs, overlapping occurrences included; a short one as a whole word only. */
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

/** One mask for occurrences that overlap. */
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
