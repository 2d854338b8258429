import { addressKey, domainOf } from './address.ts'
import type { Ledger } from './ledger.ts'

/** Puts a new claim of the user to the address into the ledger, and gives its id. */
export function addAlias(ledger: Ledger, nextId: () => number, user_id: number, address: string): number {
  const id = nextId()
  ledger.add('aliases', {
    id,
    user_id,
    address,
    organization_id: ledger.organizationId,
    address_key: addressKey(address),
    domain: domainOf(address),
    valid_from: ledger.now,
  })
  return id
}
