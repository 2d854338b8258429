/** How addresses are compared, by the vendor's client and by the mirror. Every column that ends in `_key` was made here. */
import { decodePunycode } from './punycode.ts'

/**
 * What all spellings of an address have in common (docs/decisions/0028): without regard to letter case and to how a letter is composed (NFC and NFD), and with
 * the domain in Unicode where it is written in punycode. Equal keys, same address. Letters that only full case folding equates ("ß" and
 * "ss") stay apart: they are different addresses. Stored keys change with this function only by a migration.
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

/** JavaScript writes a sigma at the end of a word in its final form, which upper case does not tell apart. */
function composedOf(folded: string): string {
  return folded.normalize('NFC').replaceAll('ς', 'σ')
}

/** As DNS has it. Longer ones are no domains, and could grow beyond what an index takes. */
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
