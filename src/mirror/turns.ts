/**
 * Whose turn it is to be asked for one by one, where lists do not show roles, aliases and groups.
 *
 * Two queues. Wishes: users that are new or whose row in a list is another than it was, the newest wish first. Turns: every live user,
 * the longest unasked first, once for each complete pull: a relationship can change without a trace in any list, and this finds it.
 */
import { addressKey } from './address.ts'
import type { Sql } from './database.ts'

export interface UserToRead {
  readonly userId: number
  readonly primaryEmail: string
  /** Since when it is wished for; null: it is not. */
  readonly wantedAt: string | null
  readonly chosenAt: string
}

/** Undefined where nobody waits. A wish goes before a turn, or behind it where `turnFirst`. */
export async function nextToRead(
  sql: Sql,
  organizationId: number,
  turnFirst: boolean,
): Promise<UserToRead | undefined> {
  const [row] = await sql<UserToRead[]>`
    select id as "userId", primary_email as "primaryEmail", wanted_at as "wantedAt", clock_timestamp() as "chosenAt" from (
      (select id, primary_email, relations_wanted_at as wanted_at, 1 as queue from users where ${hasWish(sql, organizationId)}
        order by relations_wanted_at desc, id desc limit 1)
      union all
      (select u.id, u.primary_email, u.relations_wanted_at, 2 from organizations o
        cross join lateral (select * from users where ${isInTurn(sql)} order by asked_at nulls first, id limit 1) u
        where o.id = ${organizationId} and ${listsAreThin(sql)})
    ) next
    order by case when ${turnFirst} then - queue else queue end limit 1`
  return row
}

/** Wishes for a live user: somebody wrote to it and could not read it afterwards, so that what is known of it may be out of date. */
export async function wishFor(sql: Sql, organizationId: number, primaryEmail: string): Promise<void> {
  await sql`update users set relations_wanted_at = clock_timestamp()
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
}

/**
 * Puts down that the user was asked for, where no answer did: its turn comes again in the next round, and a wish that is still the same waits
 * for the next complete pull.
 */
export async function putOff(sql: Sql, { userId, wantedAt, chosenAt }: UserToRead): Promise<void> {
  await sql`
    update users set asked_at = clock_timestamp(),
      relations_wanted_at = case when relations_wanted_at = ${wantedAt} then 'epoch' else relations_wanted_at end
    where id = ${userId} and deleted_at is null
      and (asked_at is null or asked_at < ${chosenAt} or relations_wanted_at = ${wantedAt})`
}

/** The organizations in which somebody waits. */
export async function readOrganizationsWaiting(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from organizations o
    where retired_at is null and (exists (select from users where ${hasWish(sql, sql`o.id`)})
      or ${listsAreThin(sql)} and exists (select from users where ${isInTurn(sql)}))`
  return rows.map((row) => row.id)
}

/** Whether a pull of the organization asks for pages now. */
export async function isListing(sql: Sql, organizationId: number): Promise<boolean> {
  const [row] = await sql`
    select from pulls where organization_id = ${organizationId} and state = 'RUNNING' and phase = 'LISTING'`
  return row !== undefined
}

/** What was put off stands at the epoch. */
function hasWish(sql: Sql, organizationId: number | ReturnType<Sql>) {
  return sql`organization_id = ${organizationId} and relations_wanted_at > 'epoch'`
}

/** Of the organization `o`: not asked for since its last complete pull began. */
function isInTurn(sql: Sql) {
  return sql`- organization_id = - o.id and deleted_at is null and (asked_at is null or asked_at < o.profile_as_of)`
}

/** Whether the last complete pull of the organization `o` did not show the relations of everybody. */
function listsAreThin(sql: Sql) {
  return sql`o.profile_as_of is not null
    and (o.roles_as_of >= o.profile_as_of and o.aliases_as_of >= o.profile_as_of and o.groups_as_of >= o.profile_as_of) is not true`
}
