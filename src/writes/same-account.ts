import type { WireUser } from '../essentials/wire.ts'
import { compareCreations, identifyingCreation } from '../mirror/account-creation.ts'
import type { Sql } from '../mirror/database.ts'
import { distrustBits } from '../mirror/judge-account.ts'
import { isVersion, type Version, versionOf } from './version.ts'

/** What an account is recognized by: a deleted and re-created address is another account. */
export interface AccountIdentity {
  /** By the vendor's word. */
  readonly createdAt: string | null
  /** The version of the account, if it is known. */
  readonly digest?: string | undefined
  readonly lastChange?: string | null | undefined
}

export type Likeness = 'SAME' | 'OTHER' | 'UNKNOWN'

/**
 * Whether the address still has the same account. An account is only deleted while it is the SAME. The vendor may spell one time of creation in
 * several ways, or show the time of the last activity instead. An answer that is otherwise unchanged, the time of the last change included,
 * proves the same account whatever its createdAt: a re-created account was changed later.
 */
export function compareAccounts(known: AccountIdentity, found: WireUser, isCreationBelieved = true): Likeness {
  const createdAt = creationOf(found)
  if (found.updatedAt !== undefined && isVersion(known, found)) return 'SAME'
  const order = isCreationBelieved ? compareCreations(known.createdAt, createdAt) : 'UNKNOWN'
  if (order === 'UNKNOWN' || order === 'SAME') return order
  // No account was changed last before it was created: such a time is not that of the creation.
  return compareCreations(createdAt ?? null, found.updatedAt) === 'EARLIER' ? 'UNKNOWN' : 'OTHER'
}

/** The same, where the pulls may have found that the `createdAt` of point reads identifies no account. */
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
  return { createdAt: creationOf(wire) ?? null, ...versionOf(wire) }
}

/** Undefined where the vendor tells none, or a time that identifies no account. */
export function creationOf({ createdAt, raw }: WireUser): string | undefined {
  return identifyingCreation(raw.createdAt, createdAt)
}
