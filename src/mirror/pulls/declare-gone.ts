import type { Sql, Transaction } from '../../db/database.ts'
import { inOrganization } from '../in-organization.ts'
import { lockOrganization } from '../organization-lock.ts'
import { applyGone } from '../users/apply-gone.ts'

export type DeclareOutcome = 'DONE' | 'NOT_FOUND' | 'DELETED' | 'NOT_PUT_OFF'

/**
 * Ends the account of a user that pulls have deferred, on the decision of a person instead of a 404 from the vendor.
 * The change is attributed to the pull that deferred the user. If the vendor shows the account later, it becomes a new
 * account.
 */
export async function declareGone(sql: Sql, userId: number, actor: string): Promise<DeclareOutcome> {
  const [known] = await sql<{ organizationId: number }[]>`
    select organization_id as "organizationId" from users where id = ${userId}`
  if (!known) return 'NOT_FOUND'
  const { organizationId } = known
  return await inOrganization(sql, organizationId, async (tx) => {
    const { now } = await lockOrganization(tx, organizationId)
    const [user] = await tx<{ primaryEmail: string; deletedAt: string | null }[]>`
      select primary_email as "primaryEmail", deleted_at as "deletedAt" from users where id = ${userId}`
    if (!user) return 'NOT_FOUND'
    if (user.deletedAt !== null) return 'DELETED'
    const pullId = await pullThatPutOff(tx, organizationId, userId)
    if (pullId === undefined) return 'NOT_PUT_OFF'
    const observation = { sentAt: now, arrivedAt: now, origin: 'PULL' as const, pullId, actor }
    const ended = await applyGone(tx, organizationId, observation, user.primaryEmail)
    return ended === userId ? 'DONE' : 'NOT_PUT_OFF'
  })
}

/**
 * The latest pull that deferred the user. Undefined if neither the last complete pull nor a later one deferred it, or
 * if a response has shown the user since.
 */
async function pullThatPutOff(tx: Transaction, organizationId: number, userId: number): Promise<number | undefined> {
  const [row] = await tx<{ pullId: number }[]>`
    select c.pull_id as "pullId" from pull_candidates c join pulls p on p.id = c.pull_id
    join users u on u.id = c.user_id
    left join user_confirmations own on own.user_id = c.user_id
    where c.user_id = ${userId} and c.put_off is not null and p.organization_id = ${organizationId}
      and p.id >= coalesce((
        select max(id) from pulls where organization_id = ${organizationId} and state = 'COMPLETE'), 0)
      and greatest(u.profile_at, own.profile_at) < p.first_sent_at
      and not exists (
        select from pull_pages shown
        where shown.organization_id = ${organizationId} and shown.kind = 'USERS' and shown.sent_at > p.first_sent_at
          and ${userId} = any(shown.ids))
    order by c.pull_id desc limit 1`
  return row?.pullId
}
