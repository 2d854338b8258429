/**
 * The pages that are cut from one response while it arrives. Until the response is complete they have no time of
 * arrival, and no reader of pages sees them: a list that breaks off shows nothing.
 */
import type { Sql } from '../../db/database.ts'
import { inOrganization } from '../in-organization.ts'
import { lockOrganization, lockOrganizationOfPull } from '../organization-lock.ts'
import { moveUsers, type Sighting } from '../users/move-users.ts'
import { addCounts, type Counts } from './pulls.ts'

interface Pull {
  readonly id: number
  readonly organizationId: number
}

export interface ArrivingPage {
  readonly page: number
  readonly rows: number
  readonly shown: string
  readonly body: string
}

/** Discards what an earlier response of the pull has left. */
export async function discardArriving(sql: Sql, { id }: Pull): Promise<void> {
  await sql`delete from pull_pages where pull_id = ${id} and arrived_at is null`
}

/** Stores a page of a response whose request was sent at `sentAt`. */
export async function storeArriving(sql: Sql, pull: Pull, sentAt: string, page: ArrivingPage): Promise<void> {
  await sql`
    insert into pull_pages as p (pull_id, kind, page, organization_id, rows, shown, sent_at, body)
    select ${pull.id}, 'USERS', ${page.page}, ${pull.organizationId}, ${page.rows}, ${page.shown}, ${sentAt}, ${page.body}
    from pulls where id = ${pull.id} and state = 'RUNNING'
    on conflict (pull_id, kind, page) do update set rows = excluded.rows, shown = excluded.shown, sent_at = excluded.sent_at,
      body = excluded.body where p.arrived_at is null`
}

/**
 * Makes the pages of a complete response visible, followed by an empty one, which ends the list. Users that the response
 * shows at another address are moved first: only the whole response tells which addresses have become free. Returns
 * false if the pull has ended, or if another process has replaced the pages by those of another response.
 */
export async function concludeArriving(
  sql: Sql,
  pull: Pull,
  response: { readonly sentAt: string; readonly arrivedAt: string; readonly firstPage: number; readonly pages: number },
  sightings: readonly Sighting[],
  counts: Counts,
): Promise<boolean> {
  const { sentAt, arrivedAt, firstPage, pages } = response
  return await inOrganization(sql, pull.organizationId, async (tx) => {
    await lockOrganizationOfPull(tx, pull.id)
    const [running] = await tx`
      update pulls set first_sent_at = coalesce(first_sent_at, ${sentAt}) where id = ${pull.id} and state = 'RUNNING' returning id`
    await addCounts(tx, pull.id, counts)
    const shown = await tx`
      update pull_pages set arrived_at = ${arrivedAt}
      where pull_id = ${pull.id} and kind = 'USERS' and arrived_at is null and sent_at = ${sentAt}
        and page >= ${firstPage} and page < ${firstPage + pages}
        and ${pages} = (
          select count(*) from pull_pages where pull_id = ${pull.id} and arrived_at is null and sent_at = ${sentAt})
      returning 1`
    if (!running || shown.length < pages) return false
    await tx`delete from pull_pages where pull_id = ${pull.id} and arrived_at is null`
    await tx`
      insert into pull_pages (pull_id, kind, page, organization_id, rows, shown, sent_at, arrived_at, body)
      values (${pull.id}, 'USERS', ${firstPage + pages}, ${pull.organizationId}, 0, '', ${sentAt}, ${arrivedAt}, '{"users":[]}')
      on conflict do nothing`
    const observation = { sentAt, arrivedAt, origin: 'PULL', pullId: pull.id } as const
    await moveUsers(tx, await lockOrganization(tx, pull.organizationId), observation, sightings, false)
    return true
  })
}
