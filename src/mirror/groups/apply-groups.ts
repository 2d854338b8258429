import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { isoOf, isoOrNull, laterOf } from '../../db/timestamps.ts'
import { ChangeWriter } from '../feed/change-writer.ts'
import type { Observation, ObservedGroup } from '../observation.ts'
import { type LockedOrganization, lockOrganization } from '../organization-lock.ts'

/** The latest group with this vendor id, live or deleted. */
interface GroupRow {
  id: number
  groupId: string
  name: string
  memberCount: number | null
  profileAt: string
  /** The last complete pull did not show it. */
  missed: boolean
  deleted: boolean
  goneAt: string | null
}

interface GroupUpdate {
  readonly row: GroupRow
  readonly group: ObservedGroup
  /** The name or the member count changed. */
  readonly differs: boolean
  /** It is shown again after the last complete pull missed it. */
  readonly returns: boolean
}

/**
 * Applies one page of groups. Returns their ids. As with users, an observation is as old as its request: it overwrites
 * only data from earlier requests, and does not bring back a group that a later request proved deleted. A new or
 * renamed group may be the one that users have as an unmatched name, so those users are queued for a point read.
 */
export async function applyGroups(
  tx: Transaction,
  organizationId: number,
  observation: Observation,
  observed: readonly ObservedGroup[],
): Promise<number[]> {
  const organization = await lockOrganization(tx, organizationId)
  const { sentAt } = observation
  const groups = [...new Map(observed.map((group) => [group.groupId, group])).values()]
  const known = await loadKnownGroups(tx, organizationId, groups)
  const sightings = await loadLaterSightings(tx, organizationId, sentAt)
  const begins = ({ groupId }: ObservedGroup) => {
    const row = known.get(groupId)
    return row === undefined || (row.deleted && (row.goneAt === null || sentAt > row.goneAt))
  }
  const fresh = groups.filter(begins)
  const newIds = await reserve(tx, fresh.length)
  const writer = new ChangeWriter(organization, observation)
  const updates: GroupUpdate[] = []

  const ids = groups.map((group) => {
    const row = known.get(group.groupId)
    if (row === undefined || begins(group)) {
      const id = newIds.pop() as number
      beginGroup(writer, id, group, observation, row?.goneAt ?? null, organization.baselineAt === null && !row)
      return id
    }
    const update = row.deleted ? undefined : updateOf(row, group, organization, observation, sightings.get(row.id))
    if (update) updates.push(update)
    if (update && row.name !== group.name) {
      const notBefore = observedAt(row, organization, sightings.get(row.id))
      writer.record(row.id, [{ kind: 'GROUP_RENAMED', field: 'name', before: row.name, after: group.name, notBefore }])
    }
    return row.id
  })
  await updateGroups(tx, organization.now, sentAt, updates)
  const telling = updates.filter(({ differs, returns }) => differs || returns)
  if (updates.some(({ differs }) => differs)) writer.touch()
  await writer.write(tx)
  const names = [...fresh, ...telling.map(({ group }) => group)].flatMap((group) => [group.groupId, group.name])
  if (names.length > 0) {
    await tx`
      update users set relations_wanted_at = ${organization.now}
      where organization_id = ${organizationId} and deleted_at is null and groups_at is not null
        and unresolved_groups && ${array(names)}::text[] and relations_wanted_at is null`
  }
  return ids
}

async function loadKnownGroups(
  tx: Transaction,
  organizationId: number,
  groups: readonly ObservedGroup[],
): Promise<Map<string, GroupRow>> {
  const rows = await tx<GroupRow[]>`
    select distinct on (group_id) id, group_id as "groupId", name, member_count as "memberCount", profile_at as "profileAt",
      missed_pulls > 0 as missed, deleted_at is not null as deleted, gone_at as "goneAt"
    from groups where organization_id = ${organizationId} and group_id = any(${array(groups.map(({ groupId }) => groupId))}::text[])
    order by group_id, id desc`
  return new Map(
    rows.map((row) => [row.groupId, { ...row, profileAt: isoOf(row.profileAt), goneAt: isoOrNull(row.goneAt) }]),
  )
}

/**
 * When later pages last showed each group. Confirmations by a page are stored only with that page. There are usually
 * none.
 */
async function loadLaterSightings(
  tx: Transaction,
  organizationId: number,
  sentAt: string,
): Promise<Map<number, string>> {
  const rows = await tx<{ id: number; sentAt: string }[]>`
    select id, max(sent_at) as "sentAt" from pull_pages, unnest(ids) as id
    where organization_id = ${organizationId} and kind = 'GROUPS' and sent_at > ${sentAt} group by id`
  return new Map(rows.map((row) => [row.id, isoOf(row.sentAt)]))
}

/** The last complete pull observed every group that it did not miss. */
function observedAt(row: GroupRow, { asOf }: LockedOrganization, sighted: string | undefined): string {
  return laterOf(laterOf(row.profileAt, row.missed ? null : asOf.profile), sighted ?? null) ?? ''
}

/** Undefined if nothing must be written for the group. */
function updateOf(
  row: GroupRow,
  group: ObservedGroup,
  organization: LockedOrganization,
  { sentAt, origin }: Observation,
  sighted: string | undefined,
): GroupUpdate | undefined {
  if (sentAt <= observedAt(row, organization, sighted)) return undefined
  const differs = row.name !== group.name || (group.memberCount !== undefined && row.memberCount !== group.memberCount)
  // The miss is an observation too: a list sent before that pull does not prove that the group is back.
  const returns = row.missed && sentAt > (organization.asOf.profile ?? '')
  // The pages of a pull are stored, so their confirmations need no stamp.
  const isKept = origin === 'PULL' && !row.missed
  return differs || returns || !isKept ? { row, group, differs, returns } : undefined
}

function beginGroup(
  writer: ChangeWriter,
  id: number,
  { groupId, name, memberCount }: ObservedGroup,
  { sentAt }: Observation,
  goneAt: string | null,
  baseline: boolean,
): void {
  writer.add('groups', {
    id,
    organization_id: writer.organizationId,
    group_id: groupId,
    name,
    member_count: memberCount ?? null,
    profile_at: sentAt,
    valid_from: writer.now,
    version_from: writer.now,
  })
  writer.record(id, [{ kind: 'GROUP_CREATED', after: { groupId, name }, notBefore: goneAt, baseline }])
}

async function reserve(tx: Transaction, count: number): Promise<number[]> {
  if (count === 0) return []
  const [row] = await tx<
    { ids: number[] }[]
  >`select array_agg(nextval('node_ids')) as ids from generate_series(1, ${count})`
  return (row?.ids ?? []).reverse()
}

/** Updates the groups. Only groups with a difference that readers can see get a new version. */
async function updateGroups(
  tx: Transaction,
  now: string,
  sentAt: string,
  updates: readonly GroupUpdate[],
): Promise<void> {
  if (updates.length === 0) return
  const different = array(updates.filter(({ differs }) => differs).map(({ row }) => row.id))
  await tx`
    insert into group_versions (group_id, organization_id, name, member_count, valid_from, valid_to)
    select id, organization_id, name, member_count, version_from, ${now} from groups
    where id = any(${different}::bigint[])`
  await tx`
    update groups g set name = t.name, member_count = coalesce(t.member_count, g.member_count), profile_at = ${sentAt},
      missed_pulls = case when t.returns then 0 else g.missed_pulls end,
      version_from = case when g.id = any(${different}::bigint[]) then ${now} else g.version_from end
    from unnest(
      ${array(updates.map(({ row }) => row.id))}::bigint[],
      ${array(updates.map(({ group }) => group.name))}::text[],
      ${array(updates.map(({ group }) => group.memberCount ?? null))}::int[],
      ${array(updates.map(({ returns }) => returns))}::boolean[]
    ) as t(id, name, member_count, returns)
    where g.id = t.id`
}
