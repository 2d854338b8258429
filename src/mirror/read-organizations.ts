/** The state of each organization, for operators. */
import type { Sql } from '../db/database.ts'
import { isoOrNull } from '../db/timestamps.ts'

export interface OrganizationState {
  readonly id: number
  readonly slug: string
  readonly name: string
  /** The slug of the partner whose entry has discovered it. */
  readonly partner: string | null
  /** As `MirrorState` of the graph. RETIRED: it is no longer configured. */
  readonly state: 'EMPTY' | 'QUARANTINED' | 'STALE' | 'CURRENT' | 'RETIRED'
  readonly pausedAt: string | null
  /** It was removed from the configuration, and its operations end first. */
  readonly isRetiring: boolean
  readonly problem: string | null
  readonly completeAsOf: string | null
  readonly nextPullAt: string | null
  readonly pullIntervalSeconds: number
  readonly failures: number
  /** The hash of the API key. */
  readonly allowanceKey: string | null
  /** Requests of the last minute, and their limit. Null: none has been sent yet. */
  readonly allowance: { readonly used: number; readonly limit: number; readonly pausedUntil: string | null } | null
  readonly pullRunning: boolean
  readonly quarantines: number
  readonly operations: number
}

/** The organizations by slug. Those that are retired only if `all`. */
export async function readOrganizationStates(sql: Sql, { all = false } = {}): Promise<OrganizationState[]> {
  const rows = await sql<
    (Omit<OrganizationState, 'allowance'> & {
      used: number
      limit: number | null
      allowancePausedUntil: string | null
    })[]
  >`
    with q as (
      select organization_id, count(*) filter (where state = 'QUARANTINED' and not accepted)::int as quarantines,
        bool_or(state = 'RUNNING') as running
      from pulls where state in ('RUNNING', 'QUARANTINED') group by organization_id
    ),
    op as (select organization_id, count(*)::int as operations from operations where finished_at is null group by organization_id)
    select o.id, o.slug, o.name, partner.slug as partner, case
        when o.retired_at is not null then 'RETIRED'
        when o.profile_as_of is null then 'EMPTY'
        when coalesce(q.quarantines, 0) > 0 then 'QUARANTINED'
        when clock_timestamp() > 2 * coalesce(o.pace_seconds, o.pull_interval_seconds) * interval '1 second' + coalesce((
          select p.finished_at from pulls p where p.organization_id = o.id and p.state = 'COMPLETE' order by p.id desc limit 1
        ), o.profile_as_of) then 'STALE'
        else 'CURRENT' end as state,
      o.paused_at as "pausedAt", o.retiring_until is not null as "isRetiring",
      nullif(concat_ws('. ', o.queue_problem, o.entry_problem, o.children_problem, o.problem), '') as problem, o.profile_as_of as "completeAsOf",
      o.next_pull_at as "nextPullAt", coalesce(o.pace_seconds, o.pull_interval_seconds) as "pullIntervalSeconds",
      o.failures_running as failures, o.allowance_key as "allowanceKey", a.requests_per_window as "limit",
      (select count(*)::int from allowance_slots s where s.key = a.key and s.free_at > clock_timestamp()) as used,
      case when a.paused_until > clock_timestamp() then a.paused_until end as "allowancePausedUntil",
      coalesce(q.running, false) as "pullRunning", coalesce(q.quarantines, 0) as quarantines,
      coalesce(op.operations, 0) as operations
    from organizations o
    left join q on q.organization_id = o.id
    left join organizations partner on partner.id = o.partner_id
    left join op on op.organization_id = o.id
    left join allowances a on a.key = o.allowance_key
    where ${all}::boolean or o.retired_at is null
    order by o.slug`
  return rows.map(({ used, limit, allowancePausedUntil, ...row }) => ({
    ...row,
    pausedAt: isoOrNull(row.pausedAt),
    completeAsOf: isoOrNull(row.completeAsOf),
    nextPullAt: isoOrNull(row.nextPullAt),
    allowance: limit === null ? null : { used, limit, pausedUntil: isoOrNull(allowancePausedUntil) },
  }))
}
