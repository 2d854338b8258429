import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'

export interface OrganizationRow {
  readonly slug: string
  readonly name: string
  readonly allowanceKey: string
  readonly pullIntervalSeconds: number
}

/**
 * Synchronizes the mirror's organizations with the configuration. Organizations that are no longer configured are
 * hidden but kept. Returns the id of each slug.
 */
export async function putOrganizations(
  sql: Sql,
  organizations: readonly OrganizationRow[],
): Promise<Map<string, number>> {
  const column = <K extends keyof OrganizationRow>(key: K) => array(organizations.map((one) => one[key]))
  return await sql.begin(async (tx) => {
    // Without the lock, two processes that start together would both see no rows and collide.
    await tx`select pg_advisory_xact_lock(7203442)`
    const rows = await tx<{ id: number; slug: string }[]>`
      with wanted as (
        select * from unnest(${column('slug')}::text[], ${column('name')}::text[], ${column('allowanceKey')}::text[],
          ${column('pullIntervalSeconds')}::int[]) as t(slug, name, allowance_key, pull_interval_seconds)
      ),
      retired as (
        update organizations set retired_at = clock_timestamp()
        where retired_at is null and slug not in (select slug from wanted)
      )
      insert into organizations (id, slug, name, allowance_key, pull_interval_seconds, next_pull_at)
      select coalesce((select id from organizations o where o.slug = wanted.slug), nextval('node_ids')), slug, name, allowance_key,
        pull_interval_seconds, clock_timestamp()
      from wanted
      on conflict (slug) do update set name = excluded.name, allowance_key = excluded.allowance_key, retired_at = null,
        pull_interval_seconds = excluded.pull_interval_seconds,
        next_pull_at = case
          when organizations.next_pull_at is null or organizations.pull_interval_seconds = excluded.pull_interval_seconds
          then organizations.next_pull_at
          else least(organizations.next_pull_at, clock_timestamp() + excluded.pull_interval_seconds * interval '1 second') end,
        pace_seconds = case when organizations.pull_interval_seconds = excluded.pull_interval_seconds then organizations.pace_seconds end
      returning id, slug`
    return new Map(rows.map((row) => [row.slug, row.id]))
  })
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
