/**
 * The spellings under which a vendor may keep an address: as given, with its domain in lower case, all in lower case. A vendor that stores
 * addresses in lower case may still regard case in its paths.
 */
export function spellingsOf(address: string): string[] {
  const at = address.lastIndexOf('@')
  const withLowerDomain = address.slice(0, at) + address.slice(at).toLowerCase()
  return [...new Set([address, withLowerDomain, address.toLowerCase()])]
}
