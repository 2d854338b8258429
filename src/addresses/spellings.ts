import { addressKey } from './address-key.ts'

/** The domain: the part of the address key after the last @, or the whole key if there is no @. */
export function domainOf(address: string): string {
  return addressKey(address.slice(address.lastIndexOf('@') + 1))
}

/**
 * The spellings in which a vendor may store an address: as given, with a lowercase domain, and all lowercase. A vendor
 * that stores addresses in lowercase may still have case-sensitive paths.
 */
export function spellingsOf(address: string): string[] {
  const domain = address.lastIndexOf('@') + 1
  return [...new Set([address, address.slice(0, domain) + address.slice(domain).toLowerCase(), addressKey(address)])]
}
