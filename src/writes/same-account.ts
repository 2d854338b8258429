import type { WireUser } from '../essentials/wire.ts'
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
 * Whether the address still has the same account. An account is only deleted while it is the SAME. Without a time of creation, an unchanged
 * answer proves it if it carries the time of the last change; nothing else does.
 */
export function compareAccounts(known: AccountIdentity, found: WireUser): Likeness {
  if (known.createdAt !== null && found.createdAt !== undefined) {
    return known.createdAt === found.createdAt ? 'SAME' : 'OTHER'
  }
  return found.updatedAt !== undefined && known.digest === digestOf(found.raw) ? 'SAME' : 'UNKNOWN'
}

export function identityOf({ createdAt, raw }: WireUser): AccountIdentity {
  return { createdAt: createdAt ?? null, digest: digestOf(raw) }
}
