/**
 * Gives each user and each group of the mirror a resource. What has changed since the last time is found by the
 * organization's `learnt_at`, so the cost depends on the number of changes alone. Many changes, such as all users at the
 * first use of an organization, are worked off in slices: each is a short transaction, and moves `seen_at`.
 */
import type { Sql } from '../../db/database.ts'
import { ScimError } from '../protocol/scim-error.ts'
import { followAddresses } from './follow-address.ts'

export interface Directory {
  readonly organizationId: number
  /** The mirror has changed since the resources were last updated. */
  readonly isStale: boolean
  /** The names of what the organization's connection offers. */
  readonly capabilities: readonly string[]
}

/** Returns undefined if no organization with this slug is mirrored. */
export async function readDirectory(sql: Pick<Sql, 'unsafe'>, slug: string): Promise<Directory | undefined> {
  const [row] = await sql.unsafe<Directory[]>(
    `select o.id as "organizationId", o.capabilities, d.seen_at is null or o.learnt_at > d.seen_at
        or exists (
          select from scim_resources r
          where r.organization_id = o.id and r.node_id is null and r.hidden_at is null and r.ended_at is null) as "isStale"
      from organizations o left join scim_directories d on d.organization_id = o.id
      where o.slug = $1 and o.retired_at is null`,
    [slug],
    { prepare: true },
  )
  return row
}

/** How long a user that the vendor accepted is served although the mirror does not have it. */
const longestPending = '30 minutes'
/** Resources that one transaction makes. */
const sliceSize = 2_000
/** How long a request works on slices. */
const usualMs = 5_000

/**
 * Updates the resources. Concurrent calls for one organization run their slices one after another. Throws a 503 if
 * there is too much to do for one request: the slices that are done stay done.
 */
export async function keepDirectory(
  sql: Sql,
  organizationId: number,
  { sliceOf = sliceSize, longestMs = usualMs } = {},
): Promise<void> {
  const startedAt = performance.now()
  while (!(await keepSlice(sql, organizationId, sliceOf))) {
    if (performance.now() - startedAt > longestMs)
      throw new ScimError(503, 'The users of the organization are being prepared; repeat the request', {
        retryAfter: 5,
      })
  }
}

/** Returns whether the resources are those of the mirror. */
export async function keepSlice(sql: Sql, organizationId: number, sliceOf = sliceSize): Promise<boolean> {
  return await sql.begin(async (tx) => {
    await tx`insert into scim_directories (organization_id) values (${organizationId}) on conflict do nothing`
    const [directory] = await tx<{ seenAt: string }[]>`
      select seen_at as "seenAt" from scim_directories where organization_id = ${organizationId} for update`
    const since = directory?.seenAt ?? '-infinity'
    await tx`
      update scim_resources set ended_at = clock_timestamp()
      where organization_id = ${organizationId} and node_id is null and ended_at is null
        and created_at < clock_timestamp() - ${longestPending}::interval`
    await tx`
      update scim_resources r set node_id = u.id, address_key = null
      from users u
      where r.organization_id = ${organizationId} and r.node_id is null and r.ended_at is null
        and u.organization_id = ${organizationId} and u.address_key = r.address_key and u.deleted_at is null
        and (r.hidden_at is not null or not exists (select from scim_resources x where x.node_id = u.id and x.hidden_at is null))`
    await followAddresses(tx, organizationId)
    // One statement, so that the moment and the rows are those of one state of the mirror. All later changes of the
    // mirror have later times than its `learnt_at`.
    const [kept] = await tx<{ isUpToDate: boolean }[]>`
      with directory as materialized (select learnt_at from organizations where id = ${organizationId}),
      nodes as materialized (
        select * from (
          (select g.id, 'Group' as kind, g.version_from from groups g
          where g.organization_id = ${organizationId} and g.version_from >= ${since} and g.deleted_at is null
            and not exists (select from scim_resources x where x.node_id = g.id)
          order by g.version_from limit ${sliceOf}::int)
          union all
          (select u.id, 'User', u.version_from from users u
          where u.organization_id = ${organizationId} and u.version_from >= ${since} and u.deleted_at is null
            and not exists (select from scim_resources x where x.node_id = u.id)
            and not exists (
              select from scim_resources x
              where x.organization_id = ${organizationId} and x.node_id is null and x.address_key = u.address_key
                and x.ended_at is null)
          order by u.version_from limit ${sliceOf}::int)
        ) n order by version_from, id limit ${sliceOf}::int
      ),
      made as (
        insert into scim_resources (organization_id, kind, node_id)
        select ${organizationId}, n.kind, n.id from nodes n order by n.version_from, n.id
        on conflict do nothing
      )
      update scim_directories set seen_at = case when n.count < ${sliceOf}::int then d.learnt_at else n.latest end
      from directory d, (select count(*), max(version_from) as latest from nodes) n
      where organization_id = ${organizationId}
      returning n.count < ${sliceOf}::int as "isUpToDate"`
    // After that statement: an end that is committed later than this has a later time, and is found the next time.
    await tx`
      update scim_resources r set ended_at = clock_timestamp()
      from users u
      where u.organization_id = ${organizationId} and u.deleted_at >= ${since} and r.node_id = u.id and r.ended_at is null`
    await tx`
      update scim_resources r set ended_at = clock_timestamp()
      from groups g
      where g.organization_id = ${organizationId} and g.deleted_at >= ${since} and r.node_id = g.id and r.ended_at is null`
    return kept?.isUpToDate ?? true
  })
}
