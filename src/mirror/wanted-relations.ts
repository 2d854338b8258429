/** The users whose roles, aliases and groups wait for a point read. */
import type { Sql } from './database.ts'

/** The one whose wish is the newest; what was postponed waits for the next complete pull. */
export async function nextWanted(
  sql: Sql,
  organizationId: number,
): Promise<{ userId: number; primaryEmail: string } | undefined> {
  const [row] = await sql<{ userId: number; primaryEmail: string }[]>`
    select id as "userId", primary_email as "primaryEmail" from users
    where organization_id = ${organizationId} and relations_wanted_at > 'epoch'
    order by relations_wanted_at desc, id desc limit 1`
  return row
}

export async function postponeWanted(sql: Sql, userId: number): Promise<void> {
  await sql`update users set relations_wanted_at = 'epoch' where id = ${userId} and relations_wanted_at is not null`
}

/** Whether a pull of the organization asks for pages now. */
export async function isListing(sql: Sql, organizationId: number): Promise<boolean> {
  const [row] = await sql`
    select from pulls where organization_id = ${organizationId} and state = 'RUNNING' and phase = 'LISTING'`
  return row !== undefined
}
