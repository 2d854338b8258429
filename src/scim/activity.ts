/** Records what clients change and what they are refused, for people. */
import type { Sql } from '../db/database.ts'
import type { ScimCall } from './scim-call.ts'

export type ScimAction =
  | 'CREATED'
  | 'CHANGED'
  | 'DEACTIVATED'
  | 'REACTIVATED'
  | 'DELETED'
  | 'MEMBERS_CHANGED'
  | 'REFUSED'

export interface Activity {
  readonly action: ScimAction
  readonly kind: 'User' | 'Group'
  readonly resourceId?: string | undefined
  /** The address of the user, or the name of the group. */
  readonly name?: string | undefined
  readonly status: number
  readonly detail?: string | undefined
}

const longest = 500

/**
 * A failure is logged and does not fail the request, which has been carried out. A refusal that repeats one of the last
 * minute is left out, so that a client cannot fill the table with refused requests.
 */
export async function recordActivity(
  { sql, organizationId, viewer, deps }: ScimCall,
  activity: Activity,
): Promise<void> {
  const { action, kind, resourceId = null, name = null, status, detail = null } = activity
  const called = name?.slice(0, longest).toWellFormed() ?? null
  const shortened = detail?.slice(0, longest).toWellFormed() ?? null
  try {
    await sql`
      insert into scim_activity (organization_id, viewer, action, kind, resource_id, name, status, detail)
      select ${organizationId}::bigint, ${viewer}::text, ${action}::text, ${kind}::text, ${resourceId}::uuid,
        ${called}::text, ${status}::bigint, ${shortened}::text
      where ${action}::text <> 'REFUSED' or not exists (
        select from (select * from scim_activity where organization_id = ${organizationId} order by id desc limit 100) a
        where a.viewer = ${viewer} and a.action = 'REFUSED' and a.detail = ${shortened}
          and a.name is not distinct from ${called}::text and a.at > clock_timestamp() - interval '1 minute')`
  } catch (error) {
    deps.logger.warn({ err: error }, 'the activity of a client of SCIM could not be recorded')
  }
}

/** Rows per statement. */
const prunedAtOnce = 2_000

/** Deletes activity older than `days`. Returns its number. Stops between batches on abort. */
export async function pruneActivity(sql: Sql, days: number, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  for (;;) {
    if (signal?.aborted) return pruned
    const { count } = await sql`
      delete from scim_activity where id = any(array(
        select id from scim_activity where at < clock_timestamp() - ${days} * interval '1 day'
        order by at limit ${prunedAtOnce} for update skip locked))`
    pruned += count
    if (count < prunedAtOnce) return pruned
  }
}
