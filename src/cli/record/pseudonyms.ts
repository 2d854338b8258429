/**
 * Replaces everything in a response that may identify a person or an organization. Equal values get equal replacements,
 * over all responses. Only what is listed here and in the vocabulary as harmless stays: the unknown is replaced.
 */
import { isPlainWord, knownKeys } from './vocabulary.ts'

export interface Pseudonyms {
  /** Collects the names in a value, so that sentences in other responses are written without them. */
  learn(value: unknown): void
  /** The value with its shape: the known keys, the types, and the words of the API itself. */
  json(value: unknown): unknown
  /** The key if the API is known to have it. */
  key(name: string): string
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
const secretKeys = /password|secret|_key$/i
const plainValues = /^(|true|false|[01]|\*+)$/i
const domainIn =
  /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]+(?![\p{L}\p{N}])/gu
const addressOrDomainIn = new RegExp(`[^\\s"'<>(),;:@]+@[^\\s"'<>(),;:@]+|${domainIn.source}`, 'gu')
const stack = /^(https?:\/\/)?[a-z]{2,4}[0-9]\.proofpointessentials\.com\/?$/i
const longestSentence = 2_000
/** Separators as in phone numbers, with all dashes. */
const digitsIn = /\+?\p{Nd}(?:[\s\-./()+\u2010-\u2015]*\p{Nd})*/gu
/** Of digits with separators between them. */
const mostDigits = 5
const internetAddress = /^\d+\.\d+\.\d+\.\d+$/
/** Everything but ASCII punctuation, white space, and the usual quotes and dashes belongs to a word. */
const wordIn = /(?:[\w]|[^\p{ASCII}\s“”‘’„«»–—…])+(?:['’-](?:[\w]|[^\p{ASCII}\s“”‘’„«»–—…])+)*/gu
/** A text of which some parts are replaced: those are not looked at again. */
type Piece = string | { readonly replaced: string }
/** Longer numbers are no counts. */
const longestCount = 7
const firstNumber = 900_000_001

/** `secrets`: texts that no output may contain. */
export function createPseudonyms(secrets: readonly string[]): Pseudonyms {
  const known = new Map<string, string>()
  const counts = new Map<string, number>()

  function replaced(kind: string, original: string, make: (count: number) => string): string {
    const key = `${kind} ${kind === 'key' ? original : original.trim().toLowerCase()}`
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
    if (/^\d+$/.test(original))
      return countKeys.has(key) && original.length <= longestCount ? original : number(original)
    if (/^[\d\s:/.TZ+-]+$/.test(original)) return original.replaceAll(/\d/g, '0')
    return replaced('text', original, (count) => `text-${count}`)
  }

  function text(original: string): string {
    const withoutSecrets = secrets.reduce(
      (text, secret) => (secret === '' ? text : text.replaceAll(secret, '***')),
      original,
    )
    let pieces = replaceIn([withoutSecrets], addressOrDomainIn, (found) => {
      if (found.includes('@')) return address(found)
      return stack.test(found) ? found : domain(found)
    })
    for (const [name, replacement] of namesIn(original)) {
      const escaped = name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      pieces = replaceIn(
        pieces,
        new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'),
        () => replacement,
      )
    }
    pieces = replaceIn(pieces, digitsIn, (found) => {
      const digits = found.replaceAll(/\P{Nd}/gu, '')
      return [...digits].length > mostDigits || internetAddress.test(found) ? number(digits) : undefined
    })
    pieces = replaceIn(pieces, wordIn, (found) => {
      if (/^\d+$/.test(found)) return found.length < 3 ? found : number(found)
      return isPlainWord(found) ? found : replaced('word', found, (count) => `word-${count}`)
    })
    return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.replaced)).join('')
  }

  /** The known names that the text contains, the longest first. */
  function namesIn(original: string): [name: string, replacement: string][] {
    const lower = original.toLowerCase()
    return [...known]
      .flatMap(([key, replacement]): [string, string][] =>
        key.startsWith('text ') ? [[key.slice('text '.length), replacement]] : [],
      )
      .filter(([name]) => name.length > 1 && lower.includes(name))
      .sort(([a], [b]) => b.length - a.length)
  }

  const key = (name: string) => (knownKeys.has(name) ? name : replaced('key', name, (count) => `key-${count}`))

  function json(value: unknown, under = ''): unknown {
    if (typeof value === 'string') return string(value, under)
    if (typeof value === 'number') {
      if ((countKeys.has(under) && String(value).length <= longestCount) || value === 0 || value === 1) return value
      return Number(number(String(value)))
    }
    if (Array.isArray(value)) return value.map((one: unknown) => json(one, under))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(
      ([name, one]) => [key(name), secretKeys.test(name) ? '***' : json(one, name)] as const,
    )
    return Object.fromEntries(entries)
  }

  function learn(value: unknown, under = ''): void {
    if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) learn(one, Array.isArray(value) ? under : name)
    else if (!sentenceKeys.has(under) && !secretKeys.test(under)) json(value, under)
  }
  return { learn: (value) => learn(value), json: (value) => json(value), key }
}

/** Replaces what the pattern finds, unless `replacement` returns undefined. */
function replaceIn(
  pieces: readonly Piece[],
  pattern: RegExp,
  replacement: (found: string) => string | undefined,
): Piece[] {
  return pieces.flatMap((piece) => {
    if (typeof piece !== 'string') return [piece]
    const parts: Piece[] = []
    let end = 0
    for (const { 0: found, index } of piece.matchAll(pattern)) {
      const made = replacement(found)
      if (made === undefined) continue
      parts.push(piece.slice(end, index), { replaced: made })
      end = index + found.length
    }
    return [...parts, piece.slice(end)]
  })
}
