/** What a write asks of the mirror. */
import { addressKey, domainOf } from '../mirror/address.ts'
import { array } from '../mirror/array.ts'
import type { Sql } from '../mirror/database.ts'

/** The live user with that primary address. */
export async function liveUserId(sql: Sql, organizationId: number, primaryEmail: string): Promise<number | null> {
  const [row] = await sql<{ id: number }[]>`
    select id from users
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
  return row?.id ?? null
}

/** A live user who bears one of these addresses as an alias or as the primary one. */
export async function bearerId(sql: Sql, organizationId: number, addresses: readonly string[]): Promise<number | null> {
  const keys = array(addresses.map(addressKey))
  const [row] = await sql<{ id: number }[]>`
    select id from users
    where organization_id = ${organizationId} and address_key = any(${keys}::text[]) and deleted_at is null
    union all
    select user_id from aliases
    where organization_id = ${organizationId} and address_key = any(${keys}::text[]) and valid_to is null
    limit 1`
  return row?.id ?? null
}

/** Whether some live user's primary address is of the same domain. */
export async function isDomainKnown(sql: Sql, organizationId: number, primaryEmail: string): Promise<boolean> {
  const [row] = await sql`
    select from users
    where organization_id = ${organizationId} and domain = ${domainOf(primaryEmail)} and deleted_at is null limit 1`
  return row !== undefined
}

export interface KnownGroup {
  readonly id: number
  readonly groupId: string
  readonly name: string
  /** No other live group is named so, or has this name for its id: then the name alone says which is meant. */
  readonly nameIsIts: boolean
}

/** The live groups with these of the vendor's ids. */
export async function liveGroups(
  sql: Sql,
  organizationId: number,
  groupIds: readonly string[],
): Promise<Map<string, KnownGroup>> {
  if (groupIds.length === 0) return new Map()
  const rows = await sql<KnownGroup[]>`
    select g.id, g.group_id as "groupId", g.name, not exists (
        select from groups o where o.organization_id = g.organization_id and o.deleted_at is null and o.id <> g.id
          and (o.name = g.name or o.group_id = g.name)
      ) as "nameIsIts"
    from groups g
    where g.organization_id = ${organizationId} and g.group_id = any(${array(groupIds)}::text[]) and g.deleted_at is null`
  return new Map(rows.map((row) => [row.groupId, row]))
}
