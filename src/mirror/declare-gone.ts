import { applyGone } from './apply-gone.ts'
import type { Sql, Transaction } from './database.ts'
import { inOrganization } from './in-organization.ts'
import { lockOrganization } from './organization-lock.ts'

export type DeclareOutcome = 'DONE' | 'NOT_FOUND' | 'DELETED' | 'NOT_PUT_OFF'

/**
 * Ends the life of a user that pulls have put off, on a person's word in place of the vendor's 404. The change is that of the pull that put
 * the user off. If the vendor shows the account later, it begins a new life.
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

/** Undefined where the last complete pull, and those since, put the user off in no case, or where an answer has shown it since. */
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
