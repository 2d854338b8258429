/** Reads of the mirror that writes need. */

import { z } from 'zod'
import { addressKey } from '../addresses/address-key.ts'
import { domainOf } from '../addresses/spellings.ts'
import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'

/** Returns the live user with this primary address. */
export async function liveUserId(sql: Sql, organizationId: number, primaryEmail: string): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    select id from users
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
  return row?.id ?? null
}

/** Returns a live user that has one of these addresses as an alias or as its primary address. */
export async function bearerId(sql: Sql, organizationId: number, addresses: readonly string[]): Promise<number | null> {
  return (await findBearer(sql, organizationId, addresses))?.userId ?? null
}

/** Like `bearerId`, and also returns the address. `otherThan`: a user to ignore. */
export async function findBearer(
  sql: Sql,
  organizationId: number,
  addresses: readonly string[],
  otherThan: number | null = null,
): Promise<{ readonly userId: number; readonly address: string } | undefined> {
  const keys = array(addresses.map(addressKey))
  const [row] = await sql<{ userId: number; address: string }[]>`
    select id as "userId", primary_email as address from users
    where organization_id = ${organizationId} and address_key = any(${keys}::text[]) and deleted_at is null
      and id is distinct from ${otherThan}
    union all
    select user_id, address from aliases
    where organization_id = ${organizationId} and address_key = any(${keys}::text[]) and valid_to is null
      and user_id is distinct from ${otherThan}
    limit 1`
  return row
}

/** Returns whether a live user's primary address is in the same domain. */
export async function isDomainKnown(sql: Sql, organizationId: number, primaryEmail: string): Promise<boolean> {
  const [row] = await sql`
    select from users
    where organization_id = ${organizationId} and domain = ${domainOf(primaryEmail)} and deleted_at is null limit 1`
  return row !== undefined
}

export const knownGroup = z
  .object({
    id: z.number(),
    groupId: z.string(),
    name: z.string(),
    /** No other live group has this name, or has it as its id, so the name alone identifies the group. */
    nameIsIts: z.boolean(),
  })
  .readonly()

export type KnownGroup = z.infer<typeof knownGroup>

const nameIsIts = `not exists (
  select from groups o where o.organization_id = g.organization_id and o.deleted_at is null and o.id <> g.id
    and (o.name = g.name or o.group_id = g.name)
)`

/** Returns the live groups with these vendor ids. */
export async function liveGroups(
  sql: Sql,
  organizationId: number,
  groupIds: readonly string[],
): Promise<Map<string, KnownGroup>> {
  if (groupIds.length === 0) return new Map()
  const rows = await sql<KnownGroup[]>`
    select g.id, g.group_id as "groupId", g.name, ${sql.unsafe(nameIsIts)} as "nameIsIts"
    from groups g
    where g.organization_id = ${organizationId} and g.group_id = any(${array(groupIds)}::text[]) and g.deleted_at is null`
  return new Map(rows.map((row) => [row.groupId, row]))
}

/** Returns the user's groups according to the mirror. */
export async function groupsOf(sql: Sql, userId: number): Promise<KnownGroup[]> {
  return await sql<KnownGroup[]>`
    select g.id, g.group_id as "groupId", g.name, ${sql.unsafe(nameIsIts)} as "nameIsIts"
    from memberships m join groups g on g.id = m.group_id
    where m.user_id = ${userId} and m.valid_to is null order by g.group_id`
}

/** Returns the live groups with these ids in the mirror. */
export async function groupsWithIds(sql: Sql, ids: readonly number[]): Promise<KnownGroup[]> {
  if (ids.length === 0) return []
  return await sql<KnownGroup[]>`
    select g.id, g.group_id as "groupId", g.name, ${sql.unsafe(nameIsIts)} as "nameIsIts"
    from groups g where g.id = any(${array(ids)}::bigint[]) and g.deleted_at is null order by g.group_id`
}

/**
 * Returns the live groups that each entry may refer to: the group with this id, or otherwise all groups with this name.
 * Groups that the last complete pull missed count only if no other group matches.
 */
export async function groupsCalled(
  sql: Sql,
  organizationId: number,
  called: readonly string[],
): Promise<Map<string, KnownGroup[]>> {
  const rows = await sql<(KnownGroup & { readonly called: string })[]>`
    with meant as (
      select c.called, g.*, rank() over (
        partition by c.called order by case when g.group_id = c.called then 0 when g.missed_pulls = 0 then 1 else 2 end) as rank
      from unnest(${array(called)}::text[]) as c(called)
      join groups g on g.organization_id = ${organizationId} and g.deleted_at is null and (g.group_id = c.called or g.name = c.called)
    )
    select g.called, g.id, g.group_id as "groupId", g.name, ${sql.unsafe(nameIsIts)} as "nameIsIts"
    from meant g where g.rank = 1 order by g.group_id`
  return Map.groupBy(rows, (row) => row.called)
}
