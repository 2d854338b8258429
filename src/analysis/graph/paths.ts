/**
 * Finds all shortest paths between two nodes by bidirectional search.
 *
 * Each end has a front: the nodes at a certain distance from it. A front of users is expanded to what they have, which
 * is little. Before a front of groups is expanded to its members, which can be very many, the search checks whether the
 * two fronts have a user in common. This check does not read all members of a large group, and it is usually the last
 * one needed. Only if there is no common user, the front with fewer members is expanded.
 */
import type { Queryable } from '../../db/database.ts'
import { type Edge, type EdgeKind, type NodeType, targetTypes } from './edges.ts'
import type { Node } from './nodes.ts'
import { type Found, readMeetings, readNeighbors, readSizes, TooMuchWork } from './path-steps.ts'

/** The maximum number of relationships to read for one search. */
export const mostSteps = 100_000

export interface Path {
  readonly nodes: readonly Node[]
  readonly edges: readonly Edge[]
}

export interface PathSet {
  /** Null if there is no path within the maximum length. */
  readonly length: number | null
  readonly paths: readonly Path[]
  /** There are more paths. Which ones are returned is not defined. */
  readonly truncated: boolean
}

export interface PathsWanted {
  readonly from: Node
  readonly to: Node
  readonly via: ReadonlySet<EdgeKind>
  readonly maxLength: number
  readonly limit: number
}

/** Throws TooMuchWork if the search would read more than its limit. */
export async function readPaths(sql: Queryable, wanted: PathsWanted): Promise<PathSet> {
  const { from, to, via, maxLength, limit } = wanted
  const types = new Map<number, NodeType>([
    [from.id, from.type],
    [to.id, to.type],
  ])
  const [a, b] = [new Side(from), new Side(to)]
  if (from.id === to.id) return answer(0, [[from.id]], [a, b], types, limit)
  let read = 0
  while (a.depth + b.depth < maxLength && a.front.size > 0 && b.front.size > 0) {
    const [usersOfA, usersOfB] = [a.usersOf(types), b.usersOf(types)]
    let side = usersOfA.length > 0 && (usersOfB.length === 0 || a.front.size <= b.front.size) ? a : b
    if (usersOfA.length + usersOfB.length === 0) {
      if (a.depth + b.depth + 2 > maxLength) break
      const meetings = await readMeetings(sql, via, [...a.front], [...b.front], limit + 1)
      if (meetings.length > 0) {
        for (const { userId, left, right } of meetings) {
          types.set(userId, 'User')
          a.reach(left, userId, a.depth + 1)
          b.reach(right, userId, b.depth + 1)
        }
        const users = [...new Set(meetings.map(({ userId }) => userId))]
        return answer(a.depth + b.depth + 2, through(users, a, b, limit + 1), [a, b], types, limit)
      }
      const sizes = await readSizes(sql, via, [...a.front], [...b.front], mostSteps)
      side = sizes.left <= sizes.right ? a : b
    }
    const users = side.usersOf(types)
    const things = [...side.front].filter((id) => types.get(id) !== 'User')
    const found = await readNeighbors(sql, via, users, things, mostSteps - read + 1)
    read += found.length
    if (read > mostSteps) throw new TooMuchWork(mostSteps)
    side.widen(found, types)
    const other = side === a ? b : a
    const met = [...side.front].filter((id) => other.front.has(id))
    if (met.length > 0) return answer(a.depth + b.depth, through(met, a, b, limit + 1), [a, b], types, limit)
  }
  return { length: null, paths: [], truncated: false }
}

/** One end of the search, and the nodes reached from it. */
class Side {
  depth = 0
  front: ReadonlySet<number>
  readonly #depths: Map<number, number>
  /** For each node, the previous nodes on its shortest paths. */
  readonly #before = new Map<number, Set<number>>()
  /** The kind of the edge between two nodes, by `before after`. */
  readonly kinds = new Map<string, EdgeKind>()

  constructor(end: Node) {
    this.front = new Set([end.id])
    this.#depths = new Map([[end.id, 0]])
  }

  usersOf(types: ReadonlyMap<number, NodeType>): number[] {
    return [...this.front].filter((id) => types.get(id) === 'User')
  }

  /** Replaces the front by its neighbors. */
  widen(found: readonly Found[], types: Map<number, NodeType>): void {
    this.depth += 1
    const front = new Set<number>()
    for (const edge of found) {
      types.set(edge.to, edge.type)
      if (this.reach(edge, edge.to, this.depth)) front.add(edge.to)
    }
    this.front = front
  }

  /** Records a path to a node. Returns false if a shorter one is known. */
  reach({ from, kind }: { from: number; kind: EdgeKind }, to: number, depth: number): boolean {
    if ((this.#depths.get(to) ?? depth) < depth) return false
    this.#depths.set(to, depth)
    const before = this.#before.get(to) ?? new Set()
    this.#before.set(to, before.add(from))
    this.kinds.set(`${from} ${to}`, kind)
    return true
  }

  /** Returns the paths back from a node to the end, including both. */
  *waysBack(id: number): Generator<number[]> {
    const before = this.#before.get(id)
    if (!before) yield [id]
    else for (const one of before) for (const way of this.waysBack(one)) yield [id, ...way]
  }
}

/** Returns up to `most` paths through one of these nodes, each as its nodes in order. */
function through(met: readonly number[], a: Side, b: Side, most: number): number[][] {
  const chains: number[][] = []
  for (const id of met) {
    for (const back of a.waysBack(id)) {
      for (const [, ...on] of b.waysBack(id)) {
        chains.push([...back.toReversed(), ...on])
        if (chains.length === most) return chains
      }
    }
  }
  return chains
}

function answer(
  length: number,
  chains: readonly number[][],
  [a, b]: readonly [Side, Side],
  types: ReadonlyMap<number, NodeType>,
  limit: number,
): PathSet {
  const kindOf = (one: number, next: number) => a.kinds.get(`${one} ${next}`) ?? b.kinds.get(`${next} ${one}`)
  const paths = chains.slice(0, limit).map((chain) => ({
    nodes: chain.map((id) => ({ id, type: types.get(id) as NodeType })),
    edges: chain
      .slice(1)
      .map((id, i) => directed(kindOf(chain[i] as number, id) as EdgeKind, chain[i] as number, id, types)),
  }))
  return { length, paths: paths.sort(byNodes), truncated: chains.length > limit }
}

function directed(kind: EdgeKind, one: number, next: number, types: ReadonlyMap<number, NodeType>): Edge {
  const forward = targetTypes[kind] === 'User' ? one < next : types.get(one) === 'User'
  return forward ? { kind, source: one, target: next } : { kind, source: next, target: one }
}

function byNodes(a: Path, b: Path): number {
  const at = a.nodes.findIndex(({ id }, i) => id !== b.nodes[i]?.id)
  return at < 0 ? 0 : (a.nodes[at]?.id ?? 0) - (b.nodes[at]?.id ?? 0)
}
