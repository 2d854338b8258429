import { addressKey } from '../address-key.ts'

export { addressKey }

/** What stands behind the last @, as the key has it; the whole address where there is none. */
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
