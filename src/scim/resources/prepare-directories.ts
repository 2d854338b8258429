/**
 * Makes the resources of organizations before a client asks for them: of those that a client has used, and of those to
 * which a token of SCIM is bound. Without it, the first request would make them.
 */
import type { Logger } from 'pino'
import type { Sql } from '../../db/database.ts'
import { type Following, followMirror } from '../../mirror/feed/follow-mirror.ts'
import type { Notifier } from '../../mirror/feed/notifications.ts'
import { keepSlice } from './keep-directory.ts'

/** Works in the background. Any number of processes can do this: a slice locks the organization's directory. */
export function prepareDirectories(sql: Sql, logger: Logger, wakes?: Pick<Notifier, 'onWake'>): Following {
  return followMirror(logger, wakes, 'failed to prepare the users of SCIM', (signal) => prepareAll(sql, signal, logger))
}

/**
 * Returns whether nothing was to be done. One slice of each organization in turn, so that a large one does not hold up the
 * others; one that fails is left out until the next round.
 */
export async function prepareAll(sql: Sql, signal: AbortSignal, logger: Logger): Promise<boolean> {
  const stale = await readStale(sql)
  let left = stale
  while (left.length > 0 && !signal.aborted) {
    const unfinished: number[] = []
    for (const organizationId of left) {
      if (signal.aborted) break
      try {
        if (!(await keepSlice(sql, organizationId))) unfinished.push(organizationId)
      } catch (error) {
        logger.error({ err: error, organizationId }, 'failed to prepare the users of SCIM')
      }
    }
    left = unfinished
  }
  return stale.length === 0
}

async function readStale(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select o.id from organizations o left join scim_directories d on d.organization_id = o.id
    where o.retired_at is null and o.learnt_at > '-infinity' and (d.seen_at is null or d.seen_at < o.learnt_at)
      and (d.organization_id is not null or o.slug in (
        select t.organizations[1] from api_tokens t
        where 'scim' = any(t.scopes) and t.revoked_at is null and coalesce(t.expires_at > clock_timestamp(), true)))`
  return rows.map(({ id }) => id)
}
