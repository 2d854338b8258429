/** The users whose roles, aliases and groups wait for a point read. */
import type { Sql } from './database.ts'

export interface Wanted {
  readonly userId: number
  readonly primaryEmail: string
  readonly wantedAt: string
}

/** The one whose wish is the newest; what was postponed waits for the next complete pull. */
export async function nextWanted(sql: Sql, organizationId: number): Promise<Wanted | undefined> {
  const [row] = await sql<Wanted[]>`
    select id as "userId", primary_email as "primaryEmail", relations_wanted_at as "wantedAt" from users
    where organization_id = ${organizationId} and relations_wanted_at > 'epoch'
    order by relations_wanted_at desc, id desc limit 1`
  return row
}

/** Leaves the wish to the next complete pull, unless it is gone or was made anew. */
export async function postponeWanted(sql: Sql, { userId, wantedAt }: Wanted): Promise<void> {
  await sql`update users set relations_wanted_at = 'epoch' where id = ${userId} and relations_wanted_at = ${wantedAt}`
}

/** Whether a pull of the organization asks for pages now. */
export async function isListing(sql: Sql, organizationId: number): Promise<boolean> {
  const [row] = await sql`
    select from pulls where organization_id = ${organizationId} and state = 'RUNNING' and phase = 'LISTING'`
  return row !== undefined
}
