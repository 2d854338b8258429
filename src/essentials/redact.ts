const secretName = /passw(or)?d|secret/i
const mask = '***'
/** Below this length a secret is likely to occur inside words, so only the whole word is masked. */
const shortest = 6

/** The strings of a request body that must not show up anywhere else. */
export function secretsOf(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' && secretName.test(name) ? [value] : secretsOf(value),
  )
}

/** Masks each secret in a text, also where it is written as JSON, in a URL or in HTML would have it. */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length)
  return forms.reduce((rest, form) => rest.replaceAll(patternOf(form), mask), text)
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

function patternOf(form: string): RegExp {
  const literal = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return form.length < shortest
    ? new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu')
    : new RegExp(literal, 'g')
}
