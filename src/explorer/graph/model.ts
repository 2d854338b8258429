/** The graph of the picture, from the answers of the API. */
import type { EdgeKind, NeighborhoodQuery, NodeSummaryFragment, PathsQuery } from '../data/generated/graphql.ts'
import { detailOf, nameOf } from '../ui/node-link.tsx'

export interface GraphNode {
  readonly id: string
  readonly node: NodeSummaryFragment
  readonly label: string
  readonly detail: string
  /** The radius in the picture. Groups grow with their members, others with their relationships. */
  readonly radius: number
}

export interface GraphEdge {
  readonly source: string
  readonly target: string
  readonly kind: EdgeKind
  /** The vendor may not enforce the group's policy for the member yet. */
  readonly pending: boolean
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly byId: ReadonlyMap<string, GraphNode>
  readonly neighbors: ReadonlyMap<string, readonly GraphEdge[]>
}

type Neighborhood = NonNullable<NeighborhoodQuery['neighborhood']>
type Path = NonNullable<PathsQuery['paths']>['paths'][number]

/** The nodes and edges of a neighborhood, and those of paths that lead out of it. */
export function graphOf(neighborhood: Neighborhood, paths: readonly Path[]): Graph {
  const summaries = new Map<string, NodeSummaryFragment>()
  for (const node of neighborhood.nodes) summaries.set(node.id, node)
  for (const node of paths.flatMap(({ nodes }) => nodes)) if (!summaries.has(node.id)) summaries.set(node.id, node)

  const edges = new Map<string, GraphEdge>()
  for (const { kind, source, target, policyState } of [...neighborhood.edges, ...paths.flatMap((path) => path.edges)])
    edges.set(`${kind} ${source} ${target}`, { kind, source, target, pending: policyState === 'PENDING' })

  const neighbors = new Map<string, GraphEdge[]>()
  for (const edge of edges.values()) {
    for (const id of [edge.source, edge.target]) {
      const known = neighbors.get(id)
      if (known) known.push(edge)
      else neighbors.set(id, [edge])
    }
  }
  const nodes = [...summaries.values()].map((node) => ({
    id: node.id,
    node,
    label: nameOf(node),
    detail: detailOf(node),
    radius: radiusOf(node, neighbors.get(node.id)?.length ?? 0),
  }))
  return { nodes, edges: [...edges.values()], byId: new Map(nodes.map((node) => [node.id, node])), neighbors }
}

function radiusOf(node: NodeSummaryFragment, degree: number): number {
  if (node.__typename === 'Group') return Math.min(16, 6 + Math.sqrt(node.memberCount ?? degree) / 2)
  if (node.__typename === 'Role') return Math.min(18, 7 + Math.sqrt(degree))
  return node.__typename === 'Alias' ? 5 : Math.min(14, 5 + Math.sqrt(degree))
}

const verbs: Record<EdgeKind, [fromSource: string, fromTarget: string]> = {
  MEMBER_OF: ['member of', 'has the member'],
  HOLDS: ['holds the role', 'held by'],
  OWNS: ['has the alias', 'alias of'],
  SAME_PERSON: ['may be the same person as', 'may be the same person as'],
}

/** The relationships of a node as sentences, for readers of the list. */
export function relationsOf(graph: Graph, id: string): { key: string; text: string; other: GraphNode }[] {
  return (graph.neighbors.get(id) ?? []).flatMap((edge) => {
    const isSource = edge.source === id
    const other = graph.byId.get(isSource ? edge.target : edge.source)
    const text = `${verbs[edge.kind][isSource ? 0 : 1]}${edge.pending ? ' (policy pending)' : ''}`
    return other ? [{ key: `${edge.kind} ${other.id} ${isSource}`, text, other }] : []
  })
}

/** The edges of paths, as keys without direction. */
export function edgeKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
