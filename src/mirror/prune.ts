/**
 * Deletes history beyond the retention: data that ended before the horizon, by the mirror's own times. Live data and
 * the record of how it came about stay.
 *
 * Changes are deleted first, oldest first, then the data they refer to, so that no remaining change refers to deleted
 * data. The new limits (`history_from`, `feed_pruned_to`) are stored before anything is deleted, so that a query beyond
 * them is rejected instead of answered incompletely.
 */

import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import { isoOf } from '../db/timestamps.ts'
import { pruneOperations, pruneSnapshots } from './prune-operations.ts'

/** Rows deleted per transaction. It blocks others no longer than applying a page does. */
const batchSize = 2_000
/** Interval between prunings of an organization. */
export const pruneInterval = '1 hour'

/**
 * Prunes an organization. Returns the number of deleted rows. When the signal is aborted, stops between two batches;
 * the next call continues.
 */
export async function pruneHistory(
  sql: Sql,
  organizationId: number,
  historyDays: number,
  signal: AbortSignal,
): Promise<number> {
  const horizon = await readHorizon(sql, organizationId, historyDays)
  let pruned = 0
  const inBatches = async (prune: () => Promise<number>): Promise<void> => {
    for (;;) {
      signal.throwIfAborted()
      const rows = await prune()
      pruned += rows
      if (rows < batchSize) return
    }
  }
  if (await hasEnded(sql, organizationId, horizon)) {
    await sql`update organizations set history_from = greatest(history_from, ${horizon}) where id = ${organizationId}`
    await inBatches(() => pruneChanges(sql, organizationId, horizon))
    await inBatches(() => pruneConfirmations(sql, organizationId, horizon))
    for (const { table, ended } of ending) await inBatches(() => pruneRows(sql, organizationId, horizon, table, ended))
  }
  await inBatches(() => prunePulls(sql, organizationId, horizon))
  await inBatches(() => pruneOperations(sql, organizationId, horizon, batchSize))
  await inBatches(() => pruneSnapshots(sql, organizationId, batchSize))
  await sql`update organizations set pruned_at = clock_timestamp() where id = ${organizationId}`
  return pruned
}

/** Relationships are deleted before their owners. */
const ending = [
  { table: 'memberships', ended: 'valid_to' },
  { table: 'role_grants', ended: 'valid_to' },
  { table: 'aliases', ended: 'valid_to' },
  { table: 'alias_spellings', ended: 'valid_to' },
  { table: 'user_versions', ended: 'valid_to' },
  { table: 'group_versions', ended: 'valid_to' },
  { table: 'users', ended: 'deleted_at' },
  { table: 'groups', ended: 'deleted_at' },
] as const

/**
 * A running pull may hold responses older than a tombstone, and the tombstone must still keep them from bringing the
 * user back.
 */
async function readHorizon(sql: Sql, organizationId: number, historyDays: number): Promise<string> {
  const [row] = await sql<{ horizon: string }[]>`
    select least(clock_timestamp() - ${historyDays} * interval '1 day', min(started_at)) as horizon
    from pulls where organization_id = ${organizationId} and state = 'RUNNING'`
  return isoOf(row?.horizon ?? '')
}

async function hasEnded(sql: Sql, organizationId: number, horizon: string): Promise<boolean> {
  const tables = ending.map(
    ({ table, ended }) =>
      sql`exists (select from ${sql(table)} where organization_id = ${organizationId} and ${sql(ended)} < ${horizon})`,
  )
  const [row] = await sql<{ found: boolean }[]>`
    select ${tables.reduce((all, one) => sql`${all} or ${one}`)}
      or (select applied_at < ${horizon} from change_sets where organization_id = ${organizationId} order by last_position limit 1) as found`
  return row?.found === true
}

/** Positions follow the order of application, so the oldest sets have the lowest positions. */
async function pruneChanges(sql: Sql, organizationId: number, horizon: string): Promise<number> {
  return await sql.begin(async (tx) => {
    const [batch] = await tx<{ to: number | null; sets: number }[]>`
      select max(last_position) as to, count(*) as sets from (
        select last_position, applied_at from change_sets where organization_id = ${organizationId} order by last_position limit ${batchSize}
      ) oldest where applied_at < ${horizon}`
    if (!batch || batch.to === null) return 0
    await tx`update organizations set feed_pruned_to = ${batch.to} where id = ${organizationId}`
    await tx`
      with gone as (
        delete from change_sets where organization_id = ${organizationId} and last_position <= ${batch.to}
        returning last_position, subject_id, kinds, object_ids
      )
      delete from change_places p using (
        select last_position, node_id, kind from gone, unnest(kinds, object_ids) as e(kind, object_id),
          unnest(array[object_id, subject_id, ${organizationId}::bigint]) as node_id
        where node_id is not null
      ) g
      where p.node_id = g.node_id and p.kind = g.kind and p.last_position = g.last_position`
    return batch.sets
  })
}

async function pruneRows(
  sql: Sql,
  organizationId: number,
  horizon: string,
  table: (typeof ending)[number]['table'],
  ended: 'valid_to' | 'deleted_at',
): Promise<number> {
  const gone = await sql`
    delete from ${sql(table)} where ctid = any(array(
      select ctid from ${sql(table)} where organization_id = ${organizationId} and ${sql(ended)} < ${horizon} limit ${batchSize}
    ))`
  return gone.count
}

/** Deletes the confirmations of users that are about to be deleted. */
async function pruneConfirmations(sql: Sql, organizationId: number, horizon: string): Promise<number> {
  const gone = await sql`
    delete from user_confirmations where user_id = any(array(
      select c.user_id from users u join user_confirmations c on c.user_id = u.id
      where u.organization_id = ${organizationId} and u.deleted_at < ${horizon} limit ${batchSize}
    )) returning 1`
  return gone.length
}

/**
 * Deletes finished pulls. The last complete pull stays, because the next one is compared with it, and so do pulls that
 * wait for a decision. The organization keeps the times that deleted complete pulls provided for past moments; they are
 * not used for moments before the horizon.
 */
async function prunePulls(sql: Sql, organizationId: number, horizon: string): Promise<number> {
  return await sql.begin(async (tx) => {
    await tx`select from organizations where id = ${organizationId} for update`
    const gone = await tx<{ id: number }[]>`
      with gone as (delete from pulls where id = any(array(
        select id from pulls p where organization_id = ${organizationId} and finished_at < ${horizon} and state in ('COMPLETE', 'FAILED', 'DISCARDED')
          and id is distinct from (
            select max(id) from pulls where organization_id = ${organizationId} and state = 'COMPLETE')
        limit ${batchSize}))
      returning id, state, first_sent_at, coalesce(carried, 0) as carried),
      kept as (
        update organizations set history_from = greatest(history_from, ${horizon}),
          pruned_profile_as_of = greatest(pruned_profile_as_of, t.profile), pruned_roles_as_of = greatest(pruned_roles_as_of, t.roles),
          pruned_aliases_as_of = greatest(pruned_aliases_as_of, t.aliases), pruned_groups_as_of = greatest(pruned_groups_as_of, t.groups)
        from (
          select max(first_sent_at) as profile, max(first_sent_at) filter (where carried & 1 = 1) as roles,
            max(first_sent_at) filter (where carried & 2 = 2) as aliases, max(first_sent_at) filter (where carried & 4 = 4) as groups
          from gone where state = 'COMPLETE' having count(*) > 0
        ) t where id = ${organizationId}
      )
      select id from gone`
    const ids = array(gone.map(({ id }) => id))
    await tx`delete from pull_pages where pull_id = any(${ids}::bigint[])`
    await tx`delete from pull_candidates where pull_id = any(${ids}::bigint[])`
    return gone.length
  })
}
