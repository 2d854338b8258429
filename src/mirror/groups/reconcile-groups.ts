import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { isoOf } from '../../db/timestamps.ts'
import { ChangeWriter } from '../feed/change-writer.ts'
import { lockOrganization } from '../organization-lock.ts'
import { mayBeCut, roundsOf } from '../pulls/list-rounds.ts'
import { readPages } from '../pulls/pulls.ts'

/** A group is deleted after this many consecutive complete pulls without it. */
const missesToGo = 2

/**
 * The groups to delete if this pull completes, and the number of known live groups. A group stays if a user still names
 * it: as a member, or by an unresolved name that no shown group has.
 */
export async function groupsToDelete(
  tx: Transaction,
  pullId: number,
  organizationId: number,
): Promise<{ doomed: number[]; known: number }> {
  const isWhole = await showedEachGroupOnce(tx, pullId)
  const [row] = await tx<{ doomed: number[]; known: number }[]>`
    with known as (${knownGroups(tx, pullId, organizationId)}), missed as (${missedGroups(tx, pullId, organizationId)})
    select (select count(*) from known) as known, array(
      select g.id from groups g where ${isWhole} and g.id in (select id from missed) and g.missed_pulls >= ${missesToGo - 1}
        and not exists (select from memberships m where m.group_id = g.id and m.valid_to is null)
        and not exists (
          select from users u where u.organization_id = g.organization_id and u.deleted_at is null
            and (u.unresolved_groups @> array[g.group_id] or u.unresolved_groups @> array[g.name] and not exists (
              select from groups other where other.organization_id = g.organization_id and other.deleted_at is null
                and other.name = g.name and other.missed_pulls = 0 and other.id <> g.id)))
      order by g.id
    ) as doomed`
  return { doomed: row?.doomed ?? [], known: row?.known ?? 0 }
}

/**
 * Records the groups that a complete pull missed, and deletes those missed often enough. Their deletion is dated to the
 * pull's first request for groups, the oldest evidence. If the pull's rows do not carry groups (`membersKnown` is
 * false), the users of a group that is missed for the first time are queued for point reads.
 */
export async function settleGroups(
  tx: Transaction,
  pullId: number,
  organizationId: number,
  membersKnown: boolean,
): Promise<void> {
  const [page] = await tx<{ sentAt: string; arrivedAt: string }[]>`
    select min(sent_at) as "sentAt", max(arrived_at) as "arrivedAt" from pull_pages where pull_id = ${pullId} and kind = 'GROUPS'
    having count(*) > 0`
  if (!page) return
  const { doomed } = await groupsToDelete(tx, pullId, organizationId)
  const sentAt = isoOf(page.sentAt)
  const organization = await lockOrganization(tx, organizationId)
  const writer = new ChangeWriter(organization, { sentAt, arrivedAt: isoOf(page.arrivedAt), origin: 'PULL', pullId })
  const groups = await tx<{ id: number; groupId: string; name: string; profileAt: string }[]>`
    select id, group_id as "groupId", name, profile_at as "profileAt" from groups where id = any(${array(doomed)}::bigint[]) order by id`
  for (const { id, groupId, name, profileAt } of groups) {
    writer.record(id, [{ kind: 'GROUP_DELETED', before: { groupId, name }, notBefore: isoOf(profileAt) }])
  }
  await tx`
    update groups set deleted_at = ${organization.now}, gone_at = ${sentAt} where id = any(${array(doomed)}::bigint[])`
  const isWhole = await showedEachGroupOnce(tx, pullId)
  // A group that is missed for the first time was last observed by an earlier pull. That pull's time is not available
  // elsewhere from now on.
  const missed = await tx<{ id: number; name: string; times: number }[]>`
    update groups set missed_pulls = ${isWhole ? tx`missed_pulls + 1` : tx`greatest(missed_pulls, 1)`},
      profile_at = greatest(profile_at, case when missed_pulls = 0 then ${organization.asOf.profile}::timestamptz end, (
        select max(p.sent_at) from pull_pages p
        where p.organization_id = ${organizationId} and p.kind = 'GROUPS' and p.pull_id <> ${pullId} and groups.id = any(p.ids)))
    where deleted_at is null and missed_pulls < ${missesToGo} and id in (${missedGroups(tx, pullId, organizationId)})
    returning id, name, missed_pulls as times`
  if (!membersKnown) {
    const first = missed.filter(({ times }) => times === 1).map(({ id }) => id)
    await tx`
      update users set relations_wanted_at = ${organization.now}
      where relations_wanted_at is null and id in (
        select user_id from memberships where group_id = any(${array(first)}::bigint[]) and valid_to is null)`
    // From now on the name may refer to another group.
    await tx`
      update users set relations_wanted_at = ${organization.now}
      where organization_id = ${organizationId} and deleted_at is null and groups_at is not null and relations_wanted_at is null
        and unresolved_groups && ${array(missed.map(({ name }) => name))}::text[]`
  }
  await writer.write(tx)
}

/**
 * Whether each row of the pull showed a distinct group. A row without a readable id may be any group, and if a group
 * came twice, another may have been skipped: then no group is deleted yet, but missed groups are not confirmed either.
 * The same applies to a list that may be cut.
 */
async function showedEachGroupOnce(tx: Transaction, pullId: number): Promise<boolean> {
  const pages = await readPages(tx, pullId)
  if (mayBeCut(pages, 'GROUPS')) return false
  // A page that only repeats the last one is not part of the list.
  const last = roundsOf(pages, 'GROUPS').at(-1)?.to ?? 0
  const [row] = await tx<{ whole: boolean }[]>`
    select (select coalesce(sum(rows), 0) from pull_pages where pull_id = ${pullId} and kind = 'GROUPS' and page <= ${last})
      = (select count(distinct id) from pull_pages, unnest(ids) as id where pull_id = ${pullId} and kind = 'GROUPS') as whole`
  return row?.whole ?? false
}

/** Live groups that nothing has shown since the pull began. */
function knownGroups(tx: Transaction, pullId: number, organizationId: number) {
  return tx`
    select id from groups where organization_id = ${organizationId} and deleted_at is null
      and profile_at < (select first_sent_at from pulls where id = ${pullId})`
}

/** The known groups that the pull did not show. */
function missedGroups(tx: Transaction, pullId: number, organizationId: number) {
  return tx`${knownGroups(tx, pullId, organizationId)}
    except select unnest(ids) from pull_pages where pull_id = ${pullId} and kind = 'GROUPS'`
}
