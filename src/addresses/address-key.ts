/**
 * Defines how the vendor's client and the mirror compare addresses. Every column whose name ends in `_key` is computed
 * here.
 */
import { decodePunycode } from './punycode.ts'

/**
 * The key that all spellings of an address share (docs/decisions/0028): it ignores letter case and composition (NFC and
 * NFD), and decodes a punycode domain to Unicode. Equal keys mean equal addresses. Letters that only full case folding
 * equates ("ß" and "ss") stay distinct, because they are different addresses. A change of this function needs a
 * migration of the stored keys.
 */
export function addressKey(address: string): string {
  const folded = address.toLowerCase()
  if (isPlain(folded)) return folded
  const composed = composedOf(folded)
  const at = composed.lastIndexOf('@') + 1
  return composed.slice(0, at) + inUnicode(composed.slice(at))
}

function isPlain(folded: string): boolean {
  return !/[^\0-\x7f]/.test(folded) && !folded.includes('xn--')
}

/** JavaScript lowercases a sigma at the end of a word to its final form, which upper case does not distinguish. */
function composedOf(folded: string): string {
  return folded.normalize('NFC').replaceAll('ς', 'σ')
}

/** The limits of DNS. Longer names are not domains, and could exceed the size of an index entry. */
const [longestDomain, longestLabel] = [253, 63]

function inUnicode(domain: string): string {
  if (domain.length > longestDomain || !domain.includes('xn--')) return domain
  return domain
    .split('.')
    .map((label) => {
      const decoded = /^xn--./.test(label) && label.length <= longestLabel ? decodePunycode(label.slice(4)) : undefined
      return decoded === undefined ? label : composedOf(decoded.toLowerCase())
    })
    .join('.')
}
