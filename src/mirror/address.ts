import { addressKey } from '../address-key.ts'

export { addressKey }

/** What stands behind the last @, as the key has it; the whole address where there is none. */
export function domainOf(address: string): string {
  return addressKey(address.slice(address.lastIndexOf('@') + 1))
}
