import type { Sql, Transaction } from '../../db/database.ts'
import { putOffNotice, readPutOff } from './notices.ts'

export interface Candidate {
  readonly userId: number
  /** The address as stored in the mirror. */
  readonly primaryEmail: string
  /** The address as the list spells it, if the list may show another account there. */
  readonly spelled: string
}

/**
 * The next missing or doubtful user of a pull to read. Settles the candidates that have since ended, unless a
 * list shows them again.
 */
export async function nextCandidate(sql: Sql, pullId: number): Promise<Candidate | undefined> {
  await sql`
    update pull_candidates c set settled = true
    where c.pull_id = ${pullId} and not c.settled
      and not exists (select from users u where u.id = c.user_id and u.deleted_at is null)
      and not exists (select from user_doubts d where d.user_id = c.user_id)`
  const [row] = await sql<Candidate[]>`
    select c.user_id as "userId", u.primary_email as "primaryEmail", coalesce(d.spelled, u.primary_email) as spelled
    from pull_candidates c join users u on u.id = c.user_id left join user_doubts d on d.user_id = u.id
    where c.pull_id = ${pullId} and not c.settled order by c.user_id limit 1`
  return row
}

/** `carried`: the field groups in the response of a user that still exists. Null if there was none. */
export async function settleCandidate(
  tx: Transaction,
  pullId: number,
  userId: number,
  carried: number | null,
): Promise<void> {
  await tx`update pull_candidates set settled = true, carried = ${carried} where pull_id = ${pullId} and user_id = ${userId}`
}

/** Maximum number of users that a pull may defer. With more, a lost permission is likelier than odd users. */
export const mostPutOff = 5

/**
 * Defers a candidate whose response shows neither that the user exists nor that it is deleted. If too many are
 * deferred, returns the problem that fails the pull.
 */
export async function putOffCandidate(
  sql: Sql,
  pullId: number,
  userId: number,
  reason: string,
  most = mostPutOff,
): Promise<string | undefined> {
  return await sql.begin(async (tx) => {
    await tx`
      update pull_candidates set settled = true, put_off = ${reason}
      where pull_id = ${pullId} and user_id = ${userId} and not settled`
    const users = await readPutOff(tx, pullId)
    return users.length > most ? putOffNotice(users) : undefined
  })
}
