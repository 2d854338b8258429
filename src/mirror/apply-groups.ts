import { array } from './array.ts'
import type { Transaction } from './database.ts'
import { isoOf, laterOf } from './iso.ts'
import { Ledger } from './ledger.ts'
import type { Observation, ObservedGroup } from './observation.ts'
import { lockOrganization } from './organization-lock.ts'

interface GroupRow {
  id: number
  group_id: string
  name: string
  member_count: number | null
  profile_at: string
  missed: boolean
}

/**
 * Applies what one page showed of groups, and gives the ids of those on it. A new or renamed group may be the one that users name
 * without a match, so their relations are put down to be read again where pages do not carry them.
 */
export async function applyGroups(
  tx: Transaction,
  organizationId: number,
  observation: Observation,
  observed: readonly ObservedGroup[],
): Promise<number[]> {
  const organization = await lockOrganization(tx, organizationId)
  const groups = [...new Map(observed.map((group) => [group.groupId, group])).values()]
  const known = await tx<GroupRow[]>`
    select id, group_id, name, member_count, profile_at, missed_pulls > 0 as missed from groups
    where organization_id = ${organizationId} and deleted_at is null and group_id = any(${array(groups.map((group) => group.groupId))}::text[])`
  const knownById = new Map(known.map((row) => [row.group_id, row]))
  const ledger = new Ledger(organization, observation)
  const ids: number[] = []
  const updates: { row: GroupRow; group: ObservedGroup }[] = []
  const fresh = groups.filter((group) => !knownById.has(group.groupId))
  const newIds = await reserve(tx, fresh.length)

  for (const group of groups) {
    const row = knownById.get(group.groupId)
    if (!row) {
      const id = newIds.pop() as number
      ids.push(id)
      ledger.add('groups', {
        id,
        organization_id: organizationId,
        group_id: group.groupId,
        name: group.name,
        member_count: group.memberCount ?? null,
        profile_at: observation.sentAt,
        valid_from: organization.now,
        version_from: organization.now,
      })
      ledger.record(id, [
        { kind: 'GROUP_CREATED', after: { groupId: group.groupId, name: group.name }, notBefore: null },
      ])
      continue
    }
    ids.push(row.id)
    // What the last complete pull missed, it did not observe.
    const observedAt = laterOf(isoOf(row.profile_at), row.missed ? null : organization.asOf.profile) ?? ''
    if (observation.sentAt <= observedAt) continue
    const renamed = row.name !== group.name
    if (renamed) {
      ledger.record(row.id, [
        { kind: 'GROUP_RENAMED', field: 'name', before: row.name, after: group.name, notBefore: observedAt },
      ])
    }
    const recounted = group.memberCount !== undefined && row.member_count !== group.memberCount
    if (renamed || recounted || row.missed) updates.push({ row, group })
  }
  const versions = await updateGroups(tx, organization.now, observation.sentAt, updates)
  if (versions > 0) ledger.touch()
  await ledger.write(tx)
  const names = [...fresh, ...updates.map(({ group }) => group)].flatMap((group) => [group.groupId, group.name])
  if (names.length > 0) {
    await tx`
      update users set relations_wanted_at = ${organization.now}
      where organization_id = ${organizationId} and deleted_at is null and groups_at is not null
        and unresolved_groups && ${array(names)}::text[] and relations_wanted_at is null`
  }
  return ids
}

async function reserve(tx: Transaction, count: number): Promise<number[]> {
  if (count === 0) return []
  const [row] = await tx<
    { ids: number[] }[]
  >`select array_agg(nextval('node_ids')) as ids from generate_series(1, ${count})`
  return (row?.ids ?? []).reverse()
}

/** Gives the number of groups of which a reader sees a difference: those alone get a new version. */
async function updateGroups(
  tx: Transaction,
  now: string,
  sentAt: string,
  updates: readonly { row: GroupRow; group: ObservedGroup }[],
): Promise<number> {
  if (updates.length === 0) return 0
  const different = updates
    .filter(({ row, group }) => row.name !== group.name || (group.memberCount ?? row.member_count) !== row.member_count)
    .map(({ row }) => row.id)
  await tx`
    insert into group_versions (group_id, organization_id, name, member_count, valid_from, valid_to)
    select id, organization_id, name, member_count, version_from, ${now} from groups
    where id = any(${array(different)}::bigint[])`
  await tx`
    update groups g set name = t.name, member_count = coalesce(t.member_count, g.member_count), profile_at = ${sentAt}, missed_pulls = 0,
      version_from = case when g.id = any(${array(different)}::bigint[]) then ${now} else g.version_from end
    from unnest(
      ${array(updates.map(({ row }) => row.id))}::bigint[],
      ${array(updates.map(({ group }) => group.name))}::text[],
      ${array(updates.map(({ group }) => group.memberCount ?? null))}::int[]
    ) as t(id, name, member_count)
    where g.id = t.id`
  return different.length
}
