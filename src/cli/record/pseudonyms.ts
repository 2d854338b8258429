/**
 * Replaces everything in a response that may identify a person or an organization. Equal values get equal replacements,
 * over all responses. Only values that are listed here as harmless stay: an unknown value is replaced.
 */
export interface Pseudonyms {
  /** The value with its shape: the keys, the types, and the words of the API itself. */
  json(value: unknown): unknown
  /** A text in which addresses, domains, long numbers and known values are replaced. */
  text(text: string): string
  address(address: string): string
  domain(domain: string): string
}

/** Keys whose numbers are counts or settings. */
const countKeys = new Set(['status', 'license_count', 'user_licenses', 'active_users', 'sync_frequency'])
/** Keys whose values are words of the API. */
const wordKeys = new Set([
  'type',
  'entity_type',
  'package',
  'licensing_package',
  'billing_method',
  'default_user_role_name',
])
/** Keys with sentences of the vendor. */
const sentenceKeys = new Set(['error_message', 'message', 'error', 'detail'])
const plainValues = /^(|true|false|[01]|\*+)$/i
const domainIn =
  /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]+(?![\p{L}\p{N}])/gu
const addressOrDomainIn = new RegExp(`[^\\s"'<>(),;:@]+@[^\\s"'<>(),;:@]+|${domainIn.source}`, 'gu')
const stack = /^(https?:\/\/)?[a-z]{2,4}[0-9]\.proofpointessentials\.com\/?$/i
const longestSentence = 2_000
const firstNumber = 900_000_001

/** `secrets`: texts that no output may contain. */
export function createPseudonyms(secrets: readonly string[]): Pseudonyms {
  const known = new Map<string, string>()
  const counts = new Map<string, number>()

  function replaced(kind: string, original: string, make: (count: number) => string): string {
    const key = `${kind} ${original.trim().toLowerCase()}`
    const found = known.get(key)
    if (found !== undefined) return found
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const made = make(count)
    known.set(key, made)
    return made
  }
  /** Whether a name is spelled with capitals is one of the open points. */
  const spelled = (original: string, replacement: string) =>
    original === original.toLowerCase() ? replacement : replacement.toUpperCase()
  const domain = (original: string) =>
    spelled(
      original,
      replaced('domain', original, (count) => `domain-${count}.example`),
    )
  const address = (original: string) => {
    const at = original.lastIndexOf('@')
    const local = replaced('address', original, (count) => `address-${count}`)
    return `${spelled(original.slice(0, at), local)}@${domain(original.slice(at + 1))}`
  }
  const number = (original: string) => replaced('number', original, (count) => String(firstNumber + count - 1))
  const isAddress = (text: string) => /^[^\s@]+@[^\s@]+$/.test(text)
  const isDomain = (text: string) => new RegExp(`^${domainIn.source}$`, 'u').test(text)

  function string(original: string, key: string): string {
    if (plainValues.test(original) || stack.test(original)) return original
    if (wordKeys.has(key) && /^[a-z_]{1,40}$/i.test(original)) return original
    if (sentenceKeys.has(key)) return text(original.slice(0, longestSentence))
    if (isAddress(original)) return address(original)
    if (isDomain(original)) return domain(original)
    if (/^\d+$/.test(original)) return countKeys.has(key) ? original : number(original)
    if (/^[\d\s:/.TZ+-]+$/.test(original)) return original.replaceAll(/\d/g, '0')
    return replaced('text', original, (count) => `text-${count}`)
  }

  function text(original: string): string {
    let rest = secrets
      .reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '***')), original)
      .replaceAll(addressOrDomainIn, (found) => {
        if (found.includes('@')) return address(found)
        return stack.test(found) ? found : domain(found)
      })
    for (const [key, replacement] of known) {
      const name = key.startsWith('text ') ? key.slice('text '.length) : ''
      if (name.length < 2) continue
      rest = rest.replaceAll(
        new RegExp(`(?<![\\p{L}\\p{N}])${name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'giu'),
        replacement,
      )
    }
    return rest.replaceAll(/(?<![\p{L}\p{N}-])\d{3,}/gu, (found) => (found.length === 3 ? found : number(found)))
  }

  function json(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return string(value, key)
    if (typeof value === 'number') {
      if (countKeys.has(key) || value === 0 || value === 1) return value
      return Number(number(String(value)))
    }
    if (Array.isArray(value)) return value.map((one: unknown) => json(one, key))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([name, one]) => {
      const shown = /^[a-z][a-z0-9_]{0,40}$/i.test(name) ? name : string(name, '')
      return [shown, /password|secret|_key$/i.test(name) ? '***' : json(one, name)] as const
    })
    return Object.fromEntries(entries)
  }
  return { json: (value) => json(value), text, address, domain }
}
