/** `operations`: the operations that have not ended, or with --all also the latest others. */
import type { Sql } from '../../db/database.ts'
import { isoOf, isoOrNull } from '../../db/timestamps.ts'
import { minuteOf, type Output, parsedFor, table } from './output.ts'

export interface OperationState {
  readonly operation: number
  readonly organization: string
  readonly kind: string
  readonly state: string
  readonly createdAt: string
  readonly finishedAt: string | null
  readonly createdBy: string
  readonly items: number
  readonly succeeded: number
  readonly failed: number
  /** In progress, held by a worker. */
  readonly held: number
}

/** Number of ended operations that are listed. */
const mostEnded = 50

export function operationsCommand(args: readonly string[]): (sql: Sql) => Promise<Output> {
  const { values } = parsedFor('operations', args, { all: { type: 'boolean' } })
  return async (sql) => {
    const operations = await readOperations(sql, values.all === true ? mostEnded : 0)
    const rows = operations.map((one) => [
      String(one.operation),
      one.organization,
      one.kind.toLowerCase().replace('_', ' '),
      one.state.toLowerCase().replace('_', ' '),
      `${one.succeeded + one.failed} of ${one.items}${one.failed > 0 ? `, ${one.failed} failed` : ''}`,
      minuteOf(one.createdAt),
      one.createdBy,
    ])
    const head = ['OPERATION', 'ORGANIZATION', 'KIND', 'STATE', 'ENDED ITEMS', 'CREATED', 'BY']
    return { json: { operations }, text: rows.length === 0 ? 'No operation is running.\n' : table(head, rows) }
  }
}

async function readOperations(sql: Sql, ended: number): Promise<OperationState[]> {
  const rows = await sql<OperationState[]>`
    with chosen as (
      select * from operations where finished_at is null
      union all (select * from operations where finished_at is not null order by id desc limit ${ended})
    )
    select op.id as operation, o.slug as organization, op.kind::text as kind, op.state::text as state,
      op.created_at as "createdAt", op.finished_at as "finishedAt", op.created_by as "createdBy", i.*
    from chosen op join organizations o on o.id = op.organization_id
    cross join lateral (
      select count(*)::int as items, count(*) filter (where state = 'SUCCEEDED')::int as succeeded,
        count(*) filter (where state in ('FAILED', 'SKIPPED'))::int as failed,
        count(*) filter (where state = 'RUNNING' and held_until > clock_timestamp())::int as held
      from operation_items where operation_id = op.id
    ) i
    order by op.finished_at is not null, op.id desc`
  return rows.map((row) => ({ ...row, createdAt: isoOf(row.createdAt), finishedAt: isoOrNull(row.finishedAt) }))
}
