import type { Sql, Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { identityNotices } from '../accounts/identity-notices.ts'
import { settleDistrust } from '../accounts/weigh-doubts.ts'
import { wakeChannel } from '../feed/notifications.ts'
import { settleGroups } from '../groups/reconcile-groups.ts'
import { inOrganizationOfPull } from '../in-organization.ts'
import { carriedBits } from '../observation.ts'
import { lockOrganizationOfPull } from '../organization-lock.ts'
import { mayBeCut } from './list-rounds.ts'
import { unrecognizedNotice } from './note-unrecognized.ts'
import { pullNotices } from './notices.ts'
import { effectiveInterval, type Pace } from './pull-interval.ts'
import { readPages } from './pulls.ts'
import { settleUnconfirmed } from './unconfirmed-users.ts'

/**
 * Completes a pull whose deletions are verified and applied. From now on every live user counts as observed since the
 * pull's first request, except for users that the pull could not observe (unconfirmed-users.ts). Earlier quarantined
 * pulls are discarded, accepted or not, because their candidates have since been shown or read; they stay if the list
 * may be cut. Returns the pull interval from now on, or undefined if the pull is not ready to complete.
 */
export async function completePull(
  sql: Sql,
  pullId: number,
  disregardedTotal: number | null,
): Promise<Pace | undefined> {
  return await inOrganizationOfPull(sql, pullId, async (tx) => {
    await lockOrganizationOfPull(tx, pullId)
    const [pull] = await tx<
      { organizationId: number; startedAt: string; firstSentAt: string; requests: number; accepted: boolean }[]
    >`
      select organization_id as "organizationId", started_at as "startedAt", first_sent_at as "firstSentAt", requests, accepted
      from pulls where id = ${pullId} and state = 'RUNNING' and phase = 'DELETIONS' for update`
    if (!pull) return undefined
    const [waiting] = await tx`select from pull_candidates where pull_id = ${pullId} and not settled limit 1`
    if (waiting) return undefined
    const carried = await carriedByAll(tx, pullId)
    const has = (bit: number) => carried !== null && (carried & bit) !== 0
    await settleGroups(tx, pullId, pull.organizationId, has(carriedBits.groups))
    await settleDistrust(tx, pullId, pull.organizationId)
    const isCut = mayBeCut(await readPages(tx, pullId), 'USERS')
    await settleUnconfirmed(tx, { id: pullId, ...pull }, isCut)
    const problem = await noticeOf(tx, pullId, pull.organizationId, disregardedTotal)
    const pace = await effectiveInterval(tx, pull.organizationId, pull.requests)
    await tx`
      update pulls set state = 'COMPLETE', finished_at = clock_timestamp(), carried = ${carried}, error = null where id = ${pullId}`
    // Readers of the mirror's age and of findings wait for the end of a pull, although it may have changed nothing.
    await tx`
      with moved as (update organizations set failures_running = 0, problem = ${problem},
        baseline_at = coalesce(baseline_at, greatest(clock_timestamp(), learnt_at)),
        profile_as_of = greatest(profile_as_of, ${pull.firstSentAt}),
        roles_as_of = case when ${has(carriedBits.roles)} then greatest(roles_as_of, ${pull.firstSentAt}) else roles_as_of end,
        aliases_as_of = case when ${has(carriedBits.aliases)} then greatest(aliases_as_of, ${pull.firstSentAt}) else aliases_as_of end,
        groups_as_of = case when ${has(carriedBits.groups)} then greatest(groups_as_of, ${pull.firstSentAt}) else groups_as_of end,
        pace_seconds = ${pace.seconds},
        next_pull_at = case when ${pull.accepted} then next_pull_at
          else greatest(clock_timestamp(), ${pull.startedAt}::timestamptz + ${pace.seconds} * interval '1 second') end
      where id = ${pull.organizationId} returning id)
      select pg_notify(${wakeChannel}, id::text) from moved`
    await tx`
      update pulls set state = 'DISCARDED', error = case when accepted then 'A later pull has settled its deletions' else error end
      where organization_id = ${pull.organizationId} and state = 'QUARANTINED' and id <> ${pullId} and not ${isCut}`
    // Users whose point read failed are retried once per pull.
    await tx`
      update users set relations_wanted_at = clock_timestamp()
      where organization_id = ${pull.organizationId} and relations_wanted_at = 'epoch'`
    await forget(tx, pull.organizationId, pullId, pull.firstSentAt)
    return pace
  })
}

/**
 * The field groups carried by every row of the pull and by every point read of a missing user. Null if there was no
 * row, or if a later pull has deleted the pages: then the point reads alone would claim too much.
 */
async function carriedByAll(tx: Transaction, pullId: number): Promise<number | null> {
  const [row] = await tx<{ carried: number | null }[]>`
    select bit_and(c) as carried from (
      select unnest(carried) as c from pull_pages where pull_id = ${pullId} and kind = 'USERS'
      union all
      select carried from pull_candidates where pull_id = ${pullId} and carried is not null
    ) t
    where exists (select from pull_pages where pull_id = ${pullId} and kind = 'USERS' and cardinality(ids) > 0)`
  return row?.carried ?? null
}

/** The `problem` of a mirror that is nevertheless current. */
async function noticeOf(
  tx: Transaction,
  pullId: number,
  organizationId: number,
  disregardedTotal: number | null,
): Promise<string | null> {
  const names = await tx<{ name: string; users: number }[]>`
    select name, count(*) as users from users, unnest(unresolved_groups) as name
    where organization_id = ${organizationId} and deleted_at is null and unresolved_groups is not null
    group by name order by count(*) desc, name limit 100`
  const unrecognized = await unrecognizedNotice(tx, organizationId)
  const notices = [
    ...(await pullNotices(tx, pullId)),
    ...(unrecognized === undefined ? [] : [unrecognized]),
    ...(disregardedTotal === null
      ? []
      : [
          `The vendor's total of ${disregardedTotal} users is disregarded: three consecutive pulls found the same, smaller number`,
        ]),
    ...(names.length === 0
      ? []
      : [
          `${names.length === 100 ? '100 or more' : names.length} group ${names.length === 1 ? 'name' : 'names'} of users ${
            names.length === 1 ? 'matches' : 'match'
          } no group or several groups, such as "${names[0]?.name}": those memberships are not shown`,
        ]),
    ...(await identityNotices(tx, pullId, organizationId)),
  ]
  return notices.length === 0 ? null : notices.join('. ')
}

/** Deletes data that the completed pull supersedes. Pages older than the pull's first request are no longer needed. */
async function forget(tx: Transaction, organizationId: number, pullId: number, firstSentAt: string): Promise<void> {
  await tx`delete from pull_pages where organization_id = ${organizationId} and pull_id <> ${pullId} and sent_at < ${firstSentAt}`
  const over = await tx<{ id: number }[]>`
    select id from pulls where organization_id = ${organizationId} and id <> ${pullId} and state not in ('RUNNING', 'QUARANTINED')
      and exists (select from pull_candidates c where c.pull_id = pulls.id)`
  await tx`delete from pull_candidates where pull_id = any(${array(over.map(({ id }) => id))}::bigint[])`
  // Deletes doubts that a list has contradicted, and doubts of tombstones (including pruned ones) that no list
  // shows.
  await tx`
    delete from user_doubts d where d.organization_id = ${organizationId} and (
      d.source = 'READ' and d.refuted or d.pull_id is distinct from ${pullId}
        and not exists (select from users u where u.id = d.user_id and u.deleted_at is null))`
}
