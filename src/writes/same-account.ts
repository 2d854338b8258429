import type { WireUser } from '../essentials/wire.ts'
import { compareCreations, identifyingCreation } from '../mirror/account-creation.ts'
import { digestOf } from './compare-written.ts'

/** What an account is recognized by: a deleted and re-created address is another account. */
export interface AccountIdentity {
  /** By the vendor's word. */
  readonly createdAt: string | null
  /** A digest of all that the vendor answered of it. */
  readonly digest?: string | undefined
}

export type Likeness = 'SAME' | 'OTHER' | 'UNKNOWN'

/**
 * Whether the address still has the same account. An account is only deleted while it is the SAME. The vendor may spell one time of creation in
 * several ways. Without a time of creation, an unchanged answer proves it if it carries the time of the last change; nothing else does.
 */
export function compareAccounts(known: AccountIdentity, found: WireUser): Likeness {
  const order = compareCreations(known.createdAt, creationOf(found))
  if (order !== 'UNKNOWN') return order === 'SAME' ? 'SAME' : 'OTHER'
  return found.updatedAt !== undefined && known.digest === digestOf(found.raw) ? 'SAME' : 'UNKNOWN'
}

export function identityOf(wire: WireUser): AccountIdentity {
  return { createdAt: creationOf(wire) ?? null, digest: digestOf(wire.raw) }
}

/** Undefined where the vendor tells none, or a time that identifies no account. */
export function creationOf({ createdAt, raw }: WireUser): string | undefined {
  return identifyingCreation(raw.createdAt, createdAt)
}
