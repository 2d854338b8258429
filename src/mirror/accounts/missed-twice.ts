import { addressKey } from '../../addresses/address-key.ts'
import type { Sql } from '../../db/database.ts'
import { isoOf } from '../../db/timestamps.ts'
import { inOrganization } from '../in-organization.ts'
import { applyGone } from '../users/apply-gone.ts'

/** The least time between two lists that prove an absence. */
const apartSeconds = 60

/**
 * Ends a user that the list of this pull lacks and whose own read does not tell whether it exists, if an earlier
 * complete list lacked it too, at least a minute before. Only for lists that come in one response: such a list cannot
 * skip a user while others come and go. Returns whether the user has ended.
 */
export async function endMissedTwice(
  sql: Sql,
  pull: { readonly id: number; readonly organizationId: number },
  { userId, primaryEmail }: { readonly userId: number; readonly primaryEmail: string },
): Promise<boolean> {
  return await inOrganization(sql, pull.organizationId, async (tx) => {
    const [row] = await tx<{ sentAt: string; arrivedAt: string }[]>`
      select l.sent_at as "sentAt", l.arrived_at as "arrivedAt" from users u
      join user_confirmations c on c.user_id = u.id
      join lateral (
        select sent_at, arrived_at from pull_pages where pull_id = ${pull.id} and kind = 'USERS' and rows = 0
        order by page desc limit 1) l on true
      where u.id = ${userId} and u.deleted_at is null and u.address_key = ${addressKey(primaryEmail)}
        and c.unconfirmed_since <= l.sent_at - ${apartSeconds} * interval '1 second'
        and not exists (select from user_doubts d where d.user_id = u.id)`
    if (!row) return false
    const observation = {
      sentAt: isoOf(row.sentAt),
      arrivedAt: isoOf(row.arrivedAt),
      origin: 'PULL',
      pullId: pull.id,
    } as const
    if ((await applyGone(tx, pull.organizationId, observation, primaryEmail)) === undefined) return false
    await tx`update pull_candidates set settled = true where pull_id = ${pull.id} and user_id = ${userId}`
    await tx`update pulls set deleted = deleted + 1 where id = ${pull.id} and state = 'RUNNING'`
    return true
  })
}
