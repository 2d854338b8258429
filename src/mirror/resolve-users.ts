import { array } from './array.ts'
import type { Transaction } from './database.ts'
import type { ResolvedUser } from './diff-user.ts'
import type { ObservedUser } from './observation.ts'
import type { LockedOrganization } from './organization-lock.ts'

/**
 * Puts our ids in place of the names of roles and of the ids or names of groups. A role that is new to the organization gets its row.
 * A group is matched by the vendor's id first, then by a name that only one group bears; what matches neither is left unresolved.
 */
export async function resolveUsers(
  tx: Transaction,
  organization: LockedOrganization,
  users: readonly ObservedUser[],
): Promise<ResolvedUser[]> {
  const [roles, groupOf] = await Promise.all([
    resolveRoles(tx, organization, new Set(users.flatMap((user) => user.roles ?? []))),
    users.some((user) => user.groups?.length) ? groupLookup(tx, organization.id) : () => undefined,
  ])
  return users.map((user) => {
    const groups = new Set<number>()
    const unresolved = new Set<string>()
    for (const name of user.groups ?? []) {
      const id = groupOf(name)
      if (id === undefined) unresolved.add(name)
      else groups.add(id)
    }
    return {
      profile: user.profile,
      ...(user.roles && { roles: [...new Set(user.roles)].flatMap((name) => roles.get(name) ?? []) }),
      ...(user.aliases && { aliases: user.aliases }),
      ...(user.groups && { groups: [...groups] }),
      unresolvedGroups: [...unresolved],
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
      insert into roles (id, organization_id, name, valid_from)
      select nextval('node_ids'), ${organization.id}, name, ${organization.now} from unnest(${array(missing)}::text[]) as t(name)
      returning id, name`
    for (const role of added) ids.set(role.name, role.id)
  }
  return ids
}

async function groupLookup(tx: Transaction, organizationId: number): Promise<(name: string) => number | undefined> {
  const groups = await tx<{ id: number; group_id: string; name: string }[]>`
    select id, group_id, name from groups where organization_id = ${organizationId} and deleted_at is null`
  const byId = new Map(groups.map((group) => [group.group_id, group.id]))
  const byName = new Map<string, number | undefined>()
  for (const group of groups) byName.set(group.name, byName.has(group.name) ? undefined : group.id)
  return (name) => byId.get(name) ?? byName.get(name)
}
