import { array } from './array.ts'
import type { Transaction } from './database.ts'
import type { ResolvedUser } from './diff-user.ts'
import type { ObservedUser } from './observation.ts'
import type { LockedOrganization } from './organization-lock.ts'

/**
 * Puts our ids in place of the names of roles and of the ids or names of groups. A role that is new to the organization gets its row.
 * A group is matched by the vendor's id first, then by a name that only one group bears (of those that are still shown); what matches neither is left unresolved.
 */
export async function resolveUsers(
  tx: Transaction,
  organization: LockedOrganization,
  users: readonly ObservedUser[],
): Promise<ResolvedUser[]> {
  const [roles, groupsOf] = await Promise.all([
    resolveRoles(tx, organization, new Set(users.flatMap((user) => user.roles ?? []))),
    users.some((user) => user.groups?.length) ? groupLookup(tx, organization.id) : () => [],
  ])
  return users.map((user) => {
    const groups = new Set<number>()
    const unresolved = new Set<string>()
    const possible = new Set<number>()
    for (const name of user.groups ?? []) {
      const [id, ...others] = groupsOf(name)
      if (id !== undefined && others.length === 0) groups.add(id)
      else unresolved.add(name)
      if (others.length > 0) for (const one of [id, ...others]) possible.add(one as number)
    }
    return {
      profile: user.profile,
      ...(user.roles && { roles: [...new Set(user.roles)].flatMap((name) => roles.get(name) ?? []) }),
      ...(user.aliases && { aliases: user.aliases }),
      ...(user.groups && { groups: [...groups] }),
      unresolvedGroups: [...unresolved],
      ...(possible.size > 0 && { possibleGroups: [...possible] }),
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
    await tx`update organizations set learnt_at = ${organization.now} where id = ${organization.id}`
    for (const role of added) ids.set(role.name, role.id)
  }
  return ids
}

/** The groups that an id or a name may mean. */
async function groupLookup(tx: Transaction, organizationId: number): Promise<(name: string) => readonly number[]> {
  const groups = await tx<{ id: number; group_id: string; name: string; missed: boolean }[]>`
    select id, group_id, name, missed_pulls > 0 as missed from groups
    where organization_id = ${organizationId} and deleted_at is null`
  const byId = new Map(groups.map((group) => [group.group_id, [group.id]]))
  // The name of a group that the last complete pull did not show is the new one's, where another bears it.
  const shown = new Set(groups.filter((group) => !group.missed).map((group) => group.name))
  const byName = new Map<string, number[]>()
  for (const group of groups) {
    if (group.missed && shown.has(group.name)) continue
    byName.set(group.name, [...(byName.get(group.name) ?? []), group.id])
  }
  return (name) => byId.get(name) ?? byName.get(name) ?? []
}
