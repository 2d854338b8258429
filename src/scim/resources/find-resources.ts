/** Looks up the resources that a write is about or would conflict with. */
import { addressKey } from '../../addresses/address-key.ts'
import type { Sql } from '../../db/database.ts'

/** Returns the visible resource of the user with this primary address. */
export async function resourceOfAddress(
  sql: Sql,
  organizationId: number,
  primaryEmail: string,
): Promise<string | undefined> {
  const key = addressKey(primaryEmail)
  const [row] = await sql<{ id: string }[]>`
    select r.id from users u join scim_resources r on r.node_id = u.id and r.hidden_at is null
    where u.organization_id = ${organizationId} and u.address_key = ${key} and u.deleted_at is null
    union all
    select id from scim_resources
    where organization_id = ${organizationId} and node_id is null and address_key = ${key} and hidden_at is null and ended_at is null
    limit 1`
  return row?.id
}

/** Returns a live user or group, of which the mirror's id is given, whose resources were all deleted by clients. */
export async function isHidden(sql: Sql, nodeId: number): Promise<boolean> {
  const [row] = await sql<{ isHidden: boolean }[]>`
    select bool_and(hidden_at is not null) as "isHidden" from scim_resources where node_id = ${nodeId}`
  return row?.isHidden ?? false
}

/** Returns whether a client deleted a user at the address before the vendor showed it. */
export async function isHiddenBeforeShown(sql: Sql, organizationId: number, primaryEmail: string): Promise<boolean> {
  const rows = await sql`
    select from scim_resources
    where organization_id = ${organizationId} and node_id is null and address_key = ${addressKey(primaryEmail)}
      and hidden_at is not null and ended_at is null limit 1`
  return rows.length > 0
}

/** Returns the visible resource of another user or group that has this external id. */
export async function resourceOfExternalId(
  sql: Sql,
  organizationId: number,
  kind: 'User' | 'Group',
  externalId: string,
  otherThan: string | null = null,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from scim_resources
    where organization_id = ${organizationId} and kind = ${kind} and external_id = ${externalId}
      and hidden_at is null and ended_at is null and id is distinct from ${otherThan}::uuid`
  return row?.id
}

/** Returns the live groups with this name, without regard to letter case. */
export async function groupsNamed(
  sql: Sql,
  organizationId: number,
  name: string,
): Promise<readonly { readonly nodeId: number; readonly id: string | null }[]> {
  return await sql<{ nodeId: number; id: string | null }[]>`
    select g.id as "nodeId", r.id from groups g left join scim_resources r on r.node_id = g.id and r.hidden_at is null
    where g.organization_id = ${organizationId} and fold_case(g.name) = fold_case(${name}) and g.deleted_at is null
    order by g.id`
}

/** Returns whether a role makes an account privileged. */
export async function readPrivilege(sql: Sql, organizationId: number): Promise<(role: string) => boolean> {
  const [row] = await sql<{ privileged: string[] | null; ordinary: string[] }[]>`
    select privileged_roles as privileged, ordinary_roles as ordinary from organizations where id = ${organizationId}`
  const { privileged = null, ordinary = [] } = row ?? {}
  return (role) => (privileged ? privileged.includes(role) : !ordinary.includes(role))
}
