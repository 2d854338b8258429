import type { Sql } from '../../db/database.ts'
import { compareCreations, identifyingCreation } from '../../mirror/accounts/account-creation.ts'
import { distrustBits } from '../../mirror/accounts/judge-account.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { isVersion, type Version, versionOf } from '../vendor/version.ts'

/** Identifies an account: an address that was deleted and re-created is another account. */
export interface AccountIdentity {
  /** According to the vendor. */
  readonly createdAt: string | null
  /** The version of the account, if known. */
  readonly digest?: string | undefined
  readonly lastChange?: string | null | undefined
  /** The vendor's own number of the account, which decides if it is known. */
  readonly vendorId?: string | undefined
}

export type Likeness = 'SAME' | 'OTHER' | 'UNKNOWN'

/**
 * Compares an account with the one at the address now. An account is deleted only while it is the SAME. The vendor may
 * spell a creation time in several ways, or show the time of the last activity instead. An answer that is otherwise
 * unchanged, including the time of the last change, proves the same account regardless of its createdAt: a re-created
 * account has a later change.
 */
export function compareAccounts(known: AccountIdentity, found: WireUser, isCreationBelieved = true): Likeness {
  if (known.vendorId !== undefined && found.vendorId !== undefined) {
    return known.vendorId === found.vendorId ? 'SAME' : 'OTHER'
  }
  const createdAt = creationOf(found)
  if (found.updatedAt !== undefined && isVersion(known, found)) return 'SAME'
  const order = isCreationBelieved ? compareCreations(known.createdAt, createdAt) : 'UNKNOWN'
  if (order === 'UNKNOWN' || order === 'SAME') return order
  // An account cannot have changed before its creation, so such a createdAt is not a creation time.
  return compareCreations(createdAt ?? null, found.updatedAt) === 'EARLIER' ? 'UNKNOWN' : 'OTHER'
}

/** Like `compareAccounts`, but ignores `createdAt` if the pulls found that point reads do not show a reliable one. */
export async function recognize(
  { sql, organizationId }: { readonly sql: Sql; readonly organizationId: number },
  known: AccountIdentity,
  found: WireUser,
): Promise<Likeness> {
  const [row] = await sql<{ isBelieved: boolean }[]>`
    select creation_distrust & ${distrustBits.READ}::int = 0 as "isBelieved" from organizations where id = ${organizationId}`
  return compareAccounts(known, found, row?.isBelieved)
}

export function identityOf(wire: WireUser): AccountIdentity & Version {
  const { vendorId } = wire
  return { createdAt: creationOf(wire) ?? null, ...versionOf(wire), ...(vendorId !== undefined && { vendorId }) }
}

/** Undefined if the vendor reports none, or a time that does not identify an account. */
export function creationOf({ createdAt, raw }: WireUser): string | undefined {
  return identifyingCreation(raw.createdAt, createdAt)
}
