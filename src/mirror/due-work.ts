import type { Sql } from '../db/database.ts'
import { isDescribed } from './child-organizations.ts'
import { hasTurns, hasWish } from './point-read-queue.ts'
import { pruneInterval } from './prune.ts'
import { isPulled } from './sync-organizations.ts'

/** The work that is due, and when more will be. */
export interface DueWork {
  readonly pulls: boolean
  readonly operations: boolean
  /** Organizations with users that wait for a read, or may be due for a regular turn. */
  readonly relations: readonly number[]
  /** Organizations with a write whose next read is due. */
  readonly unsettled: readonly number[]
  readonly prune: readonly number[]
  /** Organizations about which the vendor is to be asked. */
  readonly describe: readonly number[]
  /** Milliseconds until the next work that is not due yet. */
  readonly nextMs: number
}

interface Row {
  readonly kind: 'PULL' | 'OPERATION' | 'RELATIONS' | 'SETTLE' | 'PRUNE' | 'DESCRIBE' | 'NEXT'
  readonly id: number | null
  readonly inMs: number | null
}

/**
 * Finds all due work in one statement, whatever the number of organizations. Work that is in progress may be returned
 * again.
 */
export async function readDueWork(sql: Sql): Promise<DueWork> {
  const rows = await sql<Row[]>`
    with o as materialized (select * from organizations where retired_at is null),
    due (kind, id, at) as materialized (
      select 'PULL', id, coalesce(next_pull_at, '-infinity') from o
        where ${isPulled(sql)} and not exists (select from pulls p where p.organization_id = o.id and p.state = 'RUNNING')
      union all select 'PULL', p.organization_id, '-infinity' from pulls p join o on o.id = p.organization_id
        where p.state = 'QUARANTINED' and p.accepted and ${isPulled(sql)}
          and not exists (select from pulls r where r.organization_id = o.id and r.state = 'RUNNING')
      union all select 'PRUNE', id, pruned_at + ${pruneInterval}::interval from o
      union all select 'DESCRIBE', id, '-infinity' from o where ${isDescribed(sql)}
      union all select 'RELATIONS', id, '-infinity' from o
        where ${isPulled(sql)} and (exists (select from users where ${hasWish(sql, sql`o.id`)}) or ${hasTurns(sql)})
      union all select 'SETTLE', organization_id, min(due_at) from unsettled_writes group by organization_id
      union all select 'OPERATION', op.id, case
          when exists (select from operation_items i where i.operation_id = op.id and i.state = 'QUEUED') then '-infinity'
          else (select min(i.held_until) from operation_items i where i.operation_id = op.id and i.state = 'RUNNING') end
        from operations op where op.finished_at is null
    )
    select kind, id, null::float8 as "inMs" from due where at <= clock_timestamp() and kind <> 'OPERATION'
    union all select kind, null, null from due where at <= clock_timestamp() and kind = 'OPERATION' group by kind
    union all select 'NEXT', null, extract(epoch from min(at) - clock_timestamp())::float8 * 1000 from due
      where at > clock_timestamp() and at < 'infinity'`
  const idsOf = (kind: Row['kind']) => rows.flatMap((row) => (row.kind === kind && row.id !== null ? [row.id] : []))
  return {
    pulls: rows.some(({ kind }) => kind === 'PULL'),
    operations: rows.some(({ kind }) => kind === 'OPERATION'),
    relations: idsOf('RELATIONS'),
    unsettled: idsOf('SETTLE'),
    prune: idsOf('PRUNE'),
    describe: idsOf('DESCRIBE'),
    nextMs: Math.max(0, rows.find(({ kind }) => kind === 'NEXT')?.inMs ?? Infinity),
  }
}
