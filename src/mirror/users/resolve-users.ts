import { addressKey } from '../../addresses/address-key.ts'
import type { Sql, Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { ObservedUser } from '../observation.ts'
import type { LockedOrganization } from '../organization-lock.ts'
import type { ResolvedUser } from './diff-user.ts'

/**
 * Replaces the names of roles, and the ids or names of groups, by ids of the mirror. Inserts a row for each role that
 * is new to the organization. A group is matched by the vendor's id first, then by a name that only one group has (of
 * those that are still shown). Other names stay unresolved. A group that a later request proved deleted is omitted: the
 * user is no longer in it.
 */
export async function resolveUsers(
  tx: Transaction,
  organization: LockedOrganization,
  users: readonly ObservedUser[],
  sentAt: string,
): Promise<ResolvedUser[]> {
  const [roles, lookUp] = await Promise.all([
    resolveRoles(tx, organization, new Set(users.flatMap((user) => user.roles ?? []))),
    users.some((user) => user.groups?.length) ? groupLookup(tx, organization.id, sentAt) : (): Meant => ({ live: [] }),
  ])
  return users.map((user) => {
    const groups = new Set<number>()
    const unresolved = new Set<string>()
    const possible = new Set<number>()
    let namesGone = false
    for (const name of user.groups ?? []) {
      const { live, gone } = lookUp(name)
      const [id] = live
      if (id === undefined && gone) {
        namesGone ||= gone === 'BY_NAME'
      } else if (id !== undefined && live.length === 1 && !gone) {
        groups.add(id)
      } else {
        unresolved.add(name)
        for (const one of live) possible.add(one)
      }
    }
    return {
      profile: user.profile,
      ...(user.vendorId !== undefined && { vendorId: user.vendorId }),
      ...(user.roles && { roles: [...new Set(user.roles)].flatMap((name) => roles.get(name) ?? []) }),
      ...(user.aliases && { aliases: user.aliases }),
      ...(user.groups && { groups: [...groups] }),
      unresolvedGroups: [...unresolved],
      ...(possible.size > 0 && { possibleGroups: [...possible] }),
      ...(namesGone && { namesGoneGroup: true }),
    }
  })
}

async function resolveRoles(
  tx: Transaction,
  organization: LockedOrganization,
  names: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const known = await tx<
    { id: number; name: string }[]
  >`select id, name from roles where organization_id = ${organization.id}`
  const ids = new Map(known.map((role) => [role.name, role.id]))
  const missing = [...names].filter((name) => !ids.has(name))
  if (missing.length > 0) {
    const added = await tx<{ id: number; name: string }[]>`
      insert into roles (id, organization_id, name, valid_from, privileged)
      select nextval('node_ids'), o.id, t.name, ${organization.now}, coalesce(t.name = any(o.privileged_roles), t.name <> all(o.ordinary_roles))
      from organizations o, unnest(${array(missing)}::text[]) as t(name) where o.id = ${organization.id}
      returning id, name`
    await tx`update organizations set learnt_at = ${organization.now} where id = ${organization.id}`
    for (const role of added) ids.set(role.name, role.id)
  }
  return ids
}

interface Meant {
  readonly live: readonly number[]
  /** It refers to a group that was deleted after the request was sent; or it may, if `live` has other groups. */
  readonly gone?: 'BY_ID' | 'BY_NAME' | undefined
}

/** Looks up the groups that an id or a name may refer to in a response to a request sent at `sentAt`. */
async function groupLookup(tx: Transaction, organizationId: number, sentAt: string): Promise<(name: string) => Meant> {
  const groups = await tx<{ id: number; groupId: string; name: string; missed: boolean; deleted: boolean }[]>`
    select id, group_id as "groupId", name, missed_pulls > 0 as missed, deleted_at is not null as deleted from groups
    where organization_id = ${organizationId} and (deleted_at is null or gone_at >= ${sentAt})`
  const gone = groups.filter(({ deleted }) => deleted)
  const goneIds = new Set(gone.map(({ groupId }) => groupId))
  const goneNames = new Set(gone.map(({ name }) => name))
  // A live group with the id of a deleted one was created after the request was sent.
  const live = groups.filter(({ deleted, groupId }) => !deleted && !goneIds.has(groupId))
  const byId = new Map(live.map((group) => [group.groupId, [group.id]]))
  // If the last complete pull missed a group and another group has the same name, the name refers to the other group.
  const shown = new Set(live.filter((group) => !group.missed).map((group) => group.name))
  const byName = new Map<string, number[]>()
  for (const group of live) {
    if (group.missed && shown.has(group.name)) continue
    byName.set(group.name, [...(byName.get(group.name) ?? []), group.id])
  }
  return (name) => {
    if (goneIds.has(name)) return { live: [], gone: 'BY_ID' }
    const ofId = byId.get(name)
    return ofId ? { live: ofId } : { live: byName.get(name) ?? [], gone: goneNames.has(name) ? 'BY_NAME' : undefined }
  }
}

/**
 * Returns the address as the vendor spells it: that of the live user in the mirror, or the given spelling. Used for
 * requests to the vendor, whose paths may be case-sensitive although this API is not.
 */
export async function canonicalAddress(sql: Sql, organizationId: number, primaryEmail: string): Promise<string> {
  const [row] = await sql<{ spelled: string }[]>`
    select primary_email as spelled from users
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
  return row?.spelled ?? primaryEmail
}
