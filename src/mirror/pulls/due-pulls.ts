import type { Sql } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { inOrganizationIf } from '../in-organization.ts'
import { isPulled } from '../sync-organizations.ts'
import { beginLockedPull, type PullTrigger } from './pulls.ts'

export interface DuePull {
  readonly organizationId: number
  /** START: the organization has never been pulled. */
  readonly trigger: PullTrigger
}

/** Number of pulls that may start at once, however long the intervals are. */
const fewStarts = 8
/**
 * If all pulls are due at the same time, their starts are spread over this time, or over the pull interval if that is
 * shorter; if a part of them is due, over as large a part of the time.
 */
const spreadSeconds = 300

/**
 * The organizations without a running pull whose next pull is due, or which have an accepted quarantined pull waiting.
 * If many are due at once, because they were added together or no worker was running, only the first are returned. The
 * others are postponed, each by a different time. From then on they stay apart, because intervals are measured from
 * start to start.
 */
export async function takeDuePulls(sql: Sql, isOurs: (organizationId: number) => boolean): Promise<DuePull[]> {
  const rows = await sql<{ id: number; accepted: boolean; isFirst: boolean; starts: number; all: number }[]>`
    with o as materialized (
      select id, next_pull_at, 1.0 / coalesce(pace_seconds, pull_interval_seconds) as frequency,
        exists (select from pulls p where p.organization_id = o.id and p.state = 'QUARANTINED' and p.accepted) as accepted
      from organizations o where ${isPulled(sql)}
    )
    select id, accepted, not exists (select from pulls p where p.organization_id = o.id) as "isFirst",
      -- Twice as many per second as start in the long run, so that delayed starts catch up.
      (select greatest(${fewStarts}::int, ceil(2 * sum(frequency)))::int from o) as starts,
      (select count(*)::int from o) as all
    from o
    where (accepted or next_pull_at is null or next_pull_at <= clock_timestamp())
      and not exists (select from pulls p where p.organization_id = o.id and p.state = 'RUNNING')
    order by accepted desc, next_pull_at nulls first, id`
  const ours = rows.filter(({ id }) => isOurs(id))
  const { starts, all } = ours[0] ?? { starts: 0, all: 0 }
  const excess = ours.slice(starts).flatMap(({ id, accepted }) => (accepted ? [] : [id]))
  await postpone(sql, excess, Math.min(1, excess.length / Math.max(1, all - starts)))
  return ours
    .slice(0, starts)
    .map(({ id, isFirst }) => ({ organizationId: id, trigger: isFirst ? 'START' : 'SCHEDULE' }))
}

async function postpone(sql: Sql, ids: readonly number[], part: number): Promise<void> {
  if (ids.length === 0) return
  // Skips locked organizations: a later call postpones or starts them.
  await sql`
    with free as (select id from organizations where id = any(${array(ids)}::bigint[]) for update skip locked)
    update organizations o set next_pull_at = statement_timestamp() + interval '1 second' * ${part}::float8 * t.place / ${ids.length}::float8
      * least(${spreadSeconds}::int, coalesce(o.pace_seconds, o.pull_interval_seconds))
    from free join unnest(${array(ids)}::bigint[]) with ordinality as t(id, place) on t.id = free.id
    where o.id = free.id`
}

/**
 * Starts a due pull, unless the organization is locked: then it stays due. Several workers may have found the same due
 * pull, and one of them may have completed it since.
 */
export async function beginDuePull(sql: Sql, { organizationId, trigger }: DuePull): Promise<void> {
  await inOrganizationIf(
    sql,
    organizationId,
    async (tx) => {
      const free = await tx`
        select 1 from organizations o where id = ${organizationId} and ${isPulled(sql)}
          and (next_pull_at is null or next_pull_at <= clock_timestamp() or exists (
            select from pulls p where p.organization_id = o.id and p.state = 'QUARANTINED' and p.accepted))
        for update skip locked`
      return free.length > 0
    },
    async (tx) => {
      await beginLockedPull(tx, organizationId, trigger)
    },
  )
}
