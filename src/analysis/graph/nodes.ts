import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { NodeType } from './edges.ts'

export interface Node {
  readonly id: number
  readonly type: NodeType
}

/**
 * Returns the nodes that exist, including deleted ones, in the requested order. `visible`: the slugs of the visible
 * organizations; null: all mirrored organizations. The surroundings of a node always belong to its own organization.
 */
export async function readNodes(
  sql: Queryable,
  asked: readonly Node[],
  visible: readonly string[] | null,
): Promise<Node[]> {
  const found = await sql.unsafe<Node[]>(
    `select n.id, n.type from (
      ${types.map(([type, table]) => `select id, organization_id, '${type}' as type from ${table} where id = any($1::bigint[])`).join(' union all ')}
    ) n join organizations o on o.id = n.organization_id and o.retired_at is null
      and ($2::text[] is null or o.slug = any($2::text[]))`,
    [array(asked.map(({ id }) => id)), visible && array(visible)],
    { prepare: true },
  )
  const there = new Set(found.map(({ id, type }) => `${type} ${id}`))
  return asked.filter(({ id, type }) => there.has(`${type} ${id}`))
}

const types: readonly (readonly [NodeType, string])[] = [
  ['User', 'users'],
  ['Group', 'groups'],
  ['Role', 'roles'],
  ['Alias', 'aliases'],
]
