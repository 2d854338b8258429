/** How addresses are compared. Every column that ends in `_key` was made here, so that no two places fold letters differently. */

/** The address without regard to letter case: equal keys, same address. */
export function addressKey(address: string): string {
  return address.toLowerCase()
}

/** What stands behind the last @, in lower case; the whole address where there is none. */
export function domainOf(address: string): string {
  return addressKey(address.slice(address.lastIndexOf('@') + 1))
}

/**
 * The spellings under which a vendor may keep an address: as given, with its domain in lower case, all in lower case. A vendor that stores
 * addresses in lower case may still regard case in its paths.
 */
export function spellingsOf(address: string): string[] {
  const domain = address.lastIndexOf('@') + 1
  return [...new Set([address, address.slice(0, domain) + address.slice(domain).toLowerCase(), addressKey(address)])]
}
