/** Reads resources with the users and groups that they stand for. */
import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { entryDigest } from '../../sync/point-read/recent-writes.ts'
import { isFunctional } from '../protocol/filter-sql.ts'

interface ResourceRow {
  readonly id: string
  readonly nodeId: number | null
  readonly externalId: string | null
  readonly createdAt: string
  /** The later one of the resource's and the mirror's. */
  readonly modifiedAt: string
}

/** Null in a field of the mirror: not read, or none. */
export interface UserRow extends ResourceRow {
  readonly primaryEmail: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly status: 'ACTIVE' | 'INACTIVE' | null
  readonly type: string | null
  readonly mailboxSize: number | null
  readonly roles: readonly string[] | null
  readonly aliases: readonly { readonly address: string; readonly isManaged: boolean }[] | null
  readonly groups: readonly { readonly id: string; readonly name: string }[] | null
  /** Of a user that a client has turned into a functional account. Null: it is none. */
  readonly formerRole: string | null
  /** The role that an accepted write has restored, and that the vendor does not show yet. */
  readonly pendingRole: string | null
  readonly createdBy: string | null
  readonly createdDigest: string | null
  /** Created by its client in the last 10 minutes. */
  readonly isNew: boolean
  /** The vendor accepted a write that it does not show yet, so the mirror may be behind. */
  readonly isUnsettled: boolean
}

export interface GroupRow extends ResourceRow {
  /** The vendor's id. */
  readonly groupId: string
  readonly name: string
}

/** The role of an account that is turned on again, and whose former role is unknown. */
const usualRole = 'END_USER'

const common = `r.id, r.node_id as "nodeId", r.external_id as "externalId"`

/** Returns the users in the order of the ids. Ids of hidden resources, and of other organizations, are left out. */
export async function readUsers(sql: Queryable, organizationId: number, ids: readonly string[]): Promise<UserRow[]> {
  if (ids.length === 0) return []
  const rows = await sql.unsafe<UserRow[]>(
    `select ${common}, coalesce(u.primary_email, r.pending->>'userName') as "primaryEmail",
      case when w2.is_unsettled and r.pending ? 'givenName' then r.pending->>'givenName' else u.first_name end as "firstName",
      case when w2.is_unsettled and r.pending ? 'familyName' then r.pending->>'familyName' else u.last_name end as "lastName",
      case when w2.is_unsettled and r.pending ? 'active'
        then case when (r.pending->>'active')::boolean then 'ACTIVE' else 'INACTIVE' end
        when ${isFunctional} then 'INACTIVE' else u.status::text end as status,
      u.type::text as type, u.mailbox_size as "mailboxSize",
      coalesce(u.created_at, r.created_at) as "createdAt", greatest(r.changed_at, u.version_from) as "modifiedAt",
      case when ${isFunctional} or (w2.is_unsettled and r.deprovisioned->>'how' = 'FUNCTIONAL')
        then coalesce(r.deprovisioned->>'role', '${usualRole}') end as "formerRole",
      case when w2.is_unsettled then r.pending->>'role' end as "pendingRole", r.created_by as "createdBy", r.created_digest as "createdDigest",
      r.created_by is not null and r.created_at > clock_timestamp() - interval '10 minutes' as "isNew",
      w2.is_unsettled as "isUnsettled",
      case when u.roles_at is not null then array(
        select o.name from role_grants p join roles o on o.id = p.role_id
        where p.user_id = u.id and p.valid_to is null order by o.name) end as roles,
      case when u.aliases_at is not null then (
        select coalesce(jsonb_agg(jsonb_build_object('address', a.address, 'isManaged', a.address_key = any(r.managed_aliases)) order by a.address_key), '[]')
        from aliases a where a.user_id = u.id and a.valid_to is null) end as aliases,
      case when u.groups_at is not null then (
        select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'name', g.name) order by g.name, x.id), '[]')
        from memberships m join groups g on g.id = m.group_id join scim_resources x on x.node_id = g.id and x.hidden_at is null
        where m.user_id = u.id and m.valid_to is null) end as groups
    from unnest($2::uuid[]) with ordinality w(id, place)
    join scim_resources r on r.id = w.id and r.organization_id = $1 and r.kind = 'User' and r.hidden_at is null and r.ended_at is null
    left join users u on u.id = r.node_id
    cross join lateral (
      select u.id is null or exists (
        select from unsettled_writes s where s.organization_id = r.organization_id and s.address_key = u.address_key) as is_unsettled
    ) w2
    where u.id is null or u.deleted_at is null
    order by w.place`,
    [organizationId, array(ids)],
    { prepare: true },
  )
  return [...rows]
}

/** Returns the groups in the order of the ids. Ids of hidden resources, and of other organizations, are left out. */
export async function readGroups(sql: Queryable, organizationId: number, ids: readonly string[]): Promise<GroupRow[]> {
  if (ids.length === 0) return []
  const rows = await sql.unsafe<GroupRow[]>(
    `select ${common}, g.group_id as "groupId", g.name, r.created_at as "createdAt", greatest(r.changed_at, g.version_from) as "modifiedAt"
    from unnest($2::uuid[]) with ordinality w(id, place)
    join scim_resources r on r.id = w.id and r.organization_id = $1 and r.kind = 'Group' and r.hidden_at is null and r.ended_at is null
    join groups g on g.id = r.node_id and g.deleted_at is null
    order by w.place`,
    [organizationId, array(ids)],
    { prepare: true },
  )
  return [...rows]
}

export interface Member {
  readonly groupId: string
  readonly id: string
  readonly primaryEmail: string
}

/** Returns the members of groups, at most `limit` of them in all. `groupId` is the id of the group's resource. */
export async function readMembers(
  sql: Queryable,
  organizationId: number,
  ids: readonly string[],
  limit: number,
): Promise<Member[]> {
  if (ids.length === 0) return []
  const rows = await sql.unsafe<Member[]>(
    `select r.id as "groupId", x.id, u.primary_email as "primaryEmail"
    from scim_resources r
    join memberships m on m.group_id = r.node_id and m.valid_to is null
    join users u on u.id = m.user_id and u.deleted_at is null
    join scim_resources x on x.node_id = m.user_id and x.hidden_at is null
    where r.organization_id = $1 and r.kind = 'Group' and r.id = any($2::uuid[])
    order by x.created_at, x.id limit $3`,
    [organizationId, array(ids), limit],
    { prepare: true },
  )
  return [...rows]
}

/** Returns the changes of a group's members that the vendor accepted and does not show yet. `groupId`: the vendor's id. */
export async function readUnsettledMembers(
  sql: Queryable,
  organizationId: number,
  groupId: string,
): Promise<readonly { readonly id: string; readonly isMember: boolean }[]> {
  return await sql<{ id: string; isMember: boolean }[]>`
    select r.id, w.expected = ${entryDigest(true)} as "isMember"
    from unsettled_writes s
    join recent_writes w on w.organization_id = s.organization_id and w.address_key = s.address_key
      and w.field = ${`groups ${groupId}`}
    left join users u on u.organization_id = s.organization_id and u.address_key = s.address_key and u.deleted_at is null
    join scim_resources r on r.hidden_at is null and r.ended_at is null
      and (r.node_id = u.id or (r.organization_id = s.organization_id and r.node_id is null and r.address_key = s.address_key))
    where s.organization_id = ${organizationId}`
}
