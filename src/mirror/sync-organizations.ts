import type { Sql, Transaction } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import { roleName } from './role-name.ts'

export interface OrganizationRow {
  readonly slug: string
  readonly name: string
  readonly allowanceKey: string
  readonly pullIntervalSeconds: number
  /** The names of the privileged roles. Undefined: every role but the ordinary ones. */
  readonly privilegedRoles?: readonly string[] | undefined
  /** Defaults to USER. */
  readonly ordinaryRoles?: readonly string[] | undefined
  /** The names of what its connection offers. Defaults to what the API v2 offers. */
  readonly capabilities?: readonly string[] | undefined
}

const capabilitiesOfV2 = ['groups', 'timestamps', 'pagedList', 'passwordOnCreate', 'mailSettings']
/** The condition on an organization `o`. The running pull of any other one rests. */
export function isPulled(sql: Sql) {
  return sql`o.retired_at is null and o.retiring_until is null and o.paused_at is null`
}

/**
 * For how long a process that has the key of a removed organization is trusted to continue its operations, from its last
 * sign of life on.
 */
export const retiringSeconds = 180

/**
 * Synchronizes the mirror's organizations with the configuration. Organizations that are no longer configured are
 * hidden but kept; with AFTER_OPERATIONS, only once their operations have ended (`continueRetiring`). Returns the id of
 * each slug.
 */
export async function putOrganizations(
  sql: Sql,
  organizations: readonly OrganizationRow[],
  leave: 'NOW' | 'AFTER_OPERATIONS' = 'NOW',
): Promise<Map<string, number>> {
  const column = <K extends 'slug' | 'name' | 'allowanceKey' | 'pullIntervalSeconds'>(key: K) =>
    array(organizations.map((one) => one[key]))
  const ordinary = organizations.map(({ ordinaryRoles = ['USER'] }) => array(ordinaryRoles))
  const offered = organizations.map(({ capabilities = capabilitiesOfV2 }) => array(capabilities))
  const privileged = organizations.map(({ privilegedRoles }) => privilegedRoles && array(privilegedRoles.map(roleName)))
  return await sql.begin(async (tx) => {
    // Without the lock, two processes that start together would both see no rows and collide.
    await tx`select pg_advisory_xact_lock(7203442)`
    const rows = await tx<{ id: number; slug: string }[]>`
      with wanted as (
        select * from unnest(${column('slug')}::text[], ${column('name')}::text[], ${column('allowanceKey')}::text[],
          ${column('pullIntervalSeconds')}::int[], ${array(privileged)}::text[], ${array(ordinary)}::text[], ${array(offered)}::text[])
          as t(slug, name, allowance_key, pull_interval_seconds, privileged_roles, ordinary_roles, capabilities)
      ),
      removed as (
        select id, retiring_until, ${leave}::text = 'AFTER_OPERATIONS' and exists (
          select from operations op where op.organization_id = o.id and op.finished_at is null) as "hasWork"
        from organizations o where retired_at is null and slug not in (select slug from wanted)
      ),
      retired as (
        update organizations o set
          retiring_until = case when "hasWork" then clock_timestamp() + ${retiringSeconds} * interval '1 second' end,
          retired_at = case when not "hasWork" then clock_timestamp() end
        from removed r where r.id = o.id and ("hasWork" or (r.retiring_until > clock_timestamp()) is not true)
      )
      insert into organizations (id, slug, name, allowance_key, pull_interval_seconds, next_pull_at, privileged_roles,
        ordinary_roles, capabilities)
      select coalesce((select id from organizations o where o.slug = wanted.slug), nextval('node_ids')), slug, name, allowance_key,
        pull_interval_seconds, clock_timestamp(), privileged_roles::text[], ordinary_roles::text[], capabilities::text[]
      from wanted
      on conflict (slug) do update set name = excluded.name, allowance_key = excluded.allowance_key,
        retired_at = null, retiring_until = null,
        pull_interval_seconds = excluded.pull_interval_seconds, privileged_roles = excluded.privileged_roles,
        ordinary_roles = excluded.ordinary_roles, capabilities = excluded.capabilities,
        next_pull_at = case
          when organizations.next_pull_at is null or organizations.pull_interval_seconds = excluded.pull_interval_seconds
          then organizations.next_pull_at
          else least(organizations.next_pull_at, clock_timestamp() + excluded.pull_interval_seconds * interval '1 second') end,
        pace_seconds = case when organizations.pull_interval_seconds = excluded.pull_interval_seconds then organizations.pace_seconds end
      returning id, slug`
    await putPrivilegedRoles(tx)
    return new Map(rows.map((row) => [row.slug, row.id]))
  })
}

/**
 * Derives which roles are privileged. If that differs from before, cached counts are no longer valid, and all findings
 * are evaluated again.
 */
async function putPrivilegedRoles(tx: Transaction): Promise<void> {
  await tx`
    with changed as (
      update roles r set privileged = not r.privileged from organizations o
      where o.id = r.organization_id and o.retired_at is null
        and r.privileged <> coalesce(r.name = any(o.privileged_roles), r.name <> all(o.ordinary_roles))
      returning o.id
    ),
    reset as (delete from finding_runs where organization_id in (select id from changed))
    update organizations set learnt_at = learnt_at + interval '1 microsecond' where id in (select id from changed)`
}

/**
 * Stores, for each of these organizations, what keeps the queue from working. Undefined: it works. Writes only
 * differences.
 */
export async function putQueueProblem(
  sql: Sql,
  isOurs: (organizationId: number) => boolean,
  problem: string | undefined,
): Promise<void> {
  const text = problem ?? null
  const rows = await sql<{ id: number }[]>`
    select id from organizations where retired_at is null and queue_problem is distinct from ${text}::text`
  const ids = rows.map(({ id }) => id).filter(isOurs)
  if (ids.length === 0) return
  await sql`update organizations set queue_problem = ${text}::text where id = any(${array(ids)}::bigint[])`
}
