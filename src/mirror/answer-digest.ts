import { hash } from 'node:crypto'
import { array } from './array.ts'
import type { Transaction } from './database.ts'
import type { ResolvedUser, UserDifference } from './diff-user.ts'
import type { LockedOrganization } from './organization-lock.ts'

/**
 * What an answer showed of a user, as 128 bits: a row that was made equal to it, and an answer of the same digest, need not be compared.
 * It is of the ids of roles and groups, so that a name which means another group by now makes another digest.
 */
export function answerDigest(seen: ResolvedUser): string {
  return hash('sha256', JSON.stringify(seen)).slice(0, 32)
}

/** The digest to keep with a row to which this was applied; null where the row is not all that the answer showed. */
export function digestToKeep(seen: ResolvedUser, digest: string, fresh?: UserDifference['fresh']): string | null {
  const carried = 1 + [seen.roles, seen.aliases, seen.groups].filter((list) => list !== undefined).length
  const isWhole = fresh === undefined || fresh.length === carried
  return isWhole && seen.unresolvedGroups.length === 0 ? digest : null
}

/**
 * Those of these live users whose rows are equal to what the answer showed of them: by address key, their ids. One whose relations
 * wait to be read is left out, since the answer may be what it waits for; so is one of whom it is doubtful that it is the same account.
 */
export async function findUnchanged(
  tx: Transaction,
  organization: LockedOrganization,
  digests: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  // Before the first complete pull nearly everybody is new.
  if (organization.asOf.profile === null) return new Map()
  const rows = await tx<{ key: string; id: number }[]>`
    select k.key, u.id from unnest(${array([...digests.keys()])}::text[], ${array([...digests.values()])}::uuid[]) as k(key, digest)
    cross join lateral (
      select id from users where organization_id = ${organization.id} and address_key = k.key and deleted_at is null
        and answer_digest = k.digest and relations_wanted_at is null
        and not exists (select from user_doubts d where d.user_id = users.id) limit 1
    ) u`
  return new Map(rows.map(({ key, id }) => [key, id]))
}
