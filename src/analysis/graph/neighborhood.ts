/**
 * The nodes around other nodes, step by step, nearest first. The remaining room is shared evenly: each node of a step
 * adds its first neighbor before any adds its second, so that one large group does not crowd out everything else.
 */

import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import {
  type Edge,
  type EdgeKind,
  edgesToSelves,
  edgesToThings,
  type NodeType,
  tablesOf,
  targetTypes,
} from './edges.ts'
import type { Node } from './nodes.ts'

/** A picture with more edges would not be readable. */
export const mostEdges = 10_000

/** Beyond this limit, a step with many nodes reads only some neighbors of each, and at least this many. */
const mostExact = 500
const fewNeighbors = 60

export interface Neighborhood {
  /** Nearest first. */
  readonly nodes: readonly Node[]
  /** All edges between two of the nodes, at most `mostEdges`. */
  readonly edges: readonly Edge[]
  /** Nodes within the depth, or edges between the nodes, were left out. */
  readonly truncated: boolean
}

export interface NeighborhoodWanted {
  readonly of: readonly Node[]
  readonly via: ReadonlySet<EdgeKind>
  readonly depth: number
  readonly limit: number
}

/** Runs one statement per step, and one for the edges. */
export async function readNeighborhood(sql: Queryable, wanted: NeighborhoodWanted): Promise<Neighborhood> {
  const { via, depth, limit } = wanted
  const nodes = wanted.of.slice(0, limit)
  let truncated = wanted.of.length > limit
  let front: readonly Node[] = nodes
  for (let step = 0; step < depth && front.length > 0 && !truncated; step += 1) {
    const room = limit - nodes.length
    const each =
      limit <= mostExact ? room : Math.min(room, Math.max(fewNeighbors, Math.ceil((4 * room) / front.length)))
    const found = await readStep(sql, via, front, nodes, { each: each + 1, all: room + 1 })
    truncated = found.nodes.length > room || (each < room && found.most > each)
    front = found.nodes.slice(0, room)
    nodes.push(...front)
  }
  const edges = await readEdges(sql, via, nodes)
  return { nodes, edges: edges.slice(0, mostEdges), truncated: truncated || edges.length > mostEdges }
}

async function readStep(
  sql: Queryable,
  via: ReadonlySet<EdgeKind>,
  front: readonly Node[],
  known: readonly Node[],
  limits: { readonly each: number; readonly all: number },
): Promise<{ readonly nodes: readonly Node[]; readonly most: number }> {
  const neighbors = [
    ...tablesOf(via).flatMap(({ kind, name, target }) => [
      branch(targetTypes[kind], `select ${target} as id from ${name} e where e.user_id = f.id and e.valid_to is null`),
      branch('User', `select user_id as id from ${name} e where e.${target} = f.id and e.valid_to is null`),
    ]),
    ...(via.has('SAME_PERSON')
      ? [branch('User', `select target as id from (${edgesToSelves(via, (userId) => `${userId} = f.id`)}) e`)]
      : []),
  ]
  if (neighbors.length === 0) return { nodes: [], most: 0 }
  const rows = await sql.unsafe<(Node & { readonly turns: number })[]>(
    `select id, type, turns from (
      select n.id, n.type, min(array[n.turn, f.place]) as turn, max(max(n.turn)) over ()::int as turns
      from unnest($1::bigint[]) with ordinality as f(id, place)
      cross join lateral (select *, row_number() over () as turn from (${neighbors.join(' union all ')}) n limit $3) n
      group by n.id, n.type
    ) n order by turn, id limit $4`,
    [array(front.map(({ id }) => id)), array(known.map(({ id }) => id)), limits.each, limits.all],
    { prepare: true },
  )
  return { nodes: rows.map(({ id, type }) => ({ id, type })), most: rows[0]?.turns ?? 0 }
}

/** Selects the first neighbors of one node, of one kind, that are not included yet. */
function branch(type: NodeType, edges: string): string {
  return `(select id, '${type}' as type from (${edges}) e where not (id = any($2::bigint[])) order by id limit $3)`
}

async function readEdges(sql: Queryable, via: ReadonlySet<EdgeKind>, nodes: readonly Node[]): Promise<Edge[]> {
  const idsOf = (isUser: boolean) => array(nodes.filter(({ type }) => (type === 'User') === isUser).map(({ id }) => id))
  return await sql.unsafe<Edge[]>(
    `select kind, source, target from (
      ${edgesToThings(via, (source, target) => `${source} = any($1::bigint[]) and ${target} = any($2::bigint[])`)}
      union all
      select kind, source, target from (${edgesToSelves(via, (userId) => `${userId} = any($1::bigint[])`)}) e
      where source < target and target = any($1::bigint[])
    ) e order by source, target, kind limit ${mostEdges + 1}`,
    [idsOf(true), idsOf(false)],
    { prepare: true },
  )
}
