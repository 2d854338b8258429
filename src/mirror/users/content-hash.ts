import { hash } from 'node:crypto'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { LockedOrganization } from '../organization-lock.ts'
import type { ResolvedUser, UserDifference } from './diff-user.ts'

/**
 * A 128-bit digest of what a response showed of a user. If a row was last brought in line with a response of the same
 * digest, the two need not be compared. The digest covers the ids of roles and groups, so it changes if a name now
 * refers to another group.
 */
export function answerDigest(seen: ResolvedUser): string {
  return hash('sha256', JSON.stringify(seen)).slice(0, 32)
}

/**
 * The digest to store with a row to which the response was applied. Null if the row does not hold everything that the
 * response showed.
 */
export function digestToKeep(seen: ResolvedUser, digest: string, fresh?: UserDifference['fresh']): string | null {
  const carried = 1 + [seen.roles, seen.aliases, seen.groups].filter((list) => list !== undefined).length
  const isWhole = fresh === undefined || fresh.length === carried
  return isWhole && seen.unresolvedGroups.length === 0 ? digest : null
}

/**
 * The ids, by address key, of the live users whose rows equal the response. Excludes users that wait for a point read,
 * because this response may be the one they wait for, and users with a doubt about their account.
 */
export async function findUnchanged(
  tx: Transaction,
  organization: LockedOrganization,
  digests: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  // Before the first complete pull, nearly all users are new.
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
