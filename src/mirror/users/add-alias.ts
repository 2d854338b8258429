import { addressKey, domainOf } from '../address.ts'
import type { Ledger } from '../feed/change-writer.ts'

/** Adds an alias of the user to the ledger. Returns the alias's id. */
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
