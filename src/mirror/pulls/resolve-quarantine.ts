import type { Sql } from '../../db/database.ts'
import { inOrganizationOfPull } from '../in-organization.ts'
import { lockOrganizationOfPull } from '../organization-lock.ts'
import { wakeWorkers } from '../work-wakes.ts'

/**
 * Accepts or discards a quarantined pull. An accepted pull runs again until its deletions are verified one by one, or
 * waits in quarantine while another pull is running. Discarding keeps its candidates live, and also discards the other
 * quarantined pulls that are not accepted; the next pull counts from scratch.
 */
export async function resolveQuarantine(
  sql: Sql,
  pullId: number,
  accept: boolean,
): Promise<'DONE' | 'NOT_FOUND' | 'NOT_QUARANTINED'> {
  return await inOrganizationOfPull(sql, pullId, async (tx) => {
    await lockOrganizationOfPull(tx, pullId)
    const [pull] = await tx<{ state: string; organizationId: number }[]>`
      select state, organization_id as "organizationId" from pulls where id = ${pullId} for update`
    if (!pull) return 'NOT_FOUND'
    if (pull.state !== 'QUARANTINED') return 'NOT_QUARANTINED'
    if (accept) {
      const [running] = await tx`
        select from pulls where organization_id = ${pull.organizationId} and state = 'RUNNING'`
      await (running
        ? tx`update pulls set accepted = true, error = ${waits} where id = ${pullId}`
        : tx`update pulls set state = 'RUNNING', accepted = true, finished_at = null, error = null where id = ${pullId}`)
      await wakeWorkers(tx, pull.organizationId)
      return 'DONE'
    }
    await tx`
      update pulls set state = 'DISCARDED', accepted = false
      where organization_id = ${pull.organizationId} and state = 'QUARANTINED' and (not accepted or id = ${pullId})`
    await tx`update organizations set problem = null where id = ${pull.organizationId}`
    return 'DONE'
  })
}

const waits = 'Accepted: the missing users are read after the running pull has ended'
