import { mostEdges, type Neighborhood, readNeighborhood } from '../../analysis/graph/neighborhood.ts'
import { readNodes } from '../../analysis/graph/nodes.ts'
import { builder } from '../builder.ts'
import { type CostArguments, costs, type ListSize, sizeAsked } from '../core/cost.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'
import { checkedSize, userInputError } from '../core/user-input-error.ts'
import { EdgeKind, edgeKinds, GraphEdge, nodeOf, refsOf } from './graph-edge.ts'
import { GraphNode } from './graph-node.ts'

const usualVia = ['MEMBER_OF', 'HOLDS', 'OWNS'] as const
const mostCenters = 50
const depthSize = { arguments: ['depth'], default: 1, least: 0, most: 5 } as const satisfies ListSize
const nodesSize = { arguments: ['limit'], default: 200, least: 1, most: 2_000 } as const satisfies ListSize

/** A step of 500 nodes, or the edges between them, takes 10 to 20 ms; one of 2,000 nodes up to 80 ms. */
function priceOfSteps(args: CostArguments): number {
  return 500 + 2 * sizeAsked(nodesSize, args) * (1 + sizeAsked(depthSize, args))
}

const NeighborhoodRef = builder.objectRef<Neighborhood>('Neighborhood').implement({
  description: 'A part of the graph around one or more nodes.',
  fields: (t) => ({
    nodes: t.field({
      type: [GraphNode],
      description: 'The requested nodes first, then the others, nearest first.',
      extensions: costs({ size: 'page' }),
      refs: ({ nodes }) => refsOf(nodes),
    }),
    edges: t.field({
      type: [GraphEdge],
      description: `All relationships of the requested kinds between two of the nodes, at most ${mostEdges}.`,
      extensions: costs({ size: 'page', times: 10 }),
      resolve: ({ edges }) => [...edges],
    }),
    truncated: t.exposeBoolean('truncated', {
      description: 'Whether nodes within the depth, or relationships between the nodes, are left out.',
    }),
  }),
})

builder.queryField('neighborhood', (t) =>
  t.field({
    type: NeighborhoodRef,
    nullable: true,
    description:
      'The nodes and edges around one or more nodes, nearest first. If `limit` has no room for all nodes of a ' +
      'step, each node of the step before adds its first neighbor before any adds its second. Null if none of ' +
      'the requested nodes exists.',
    extensions: costs({ base: priceOfSteps, size: nodesSize }),
    args: {
      of: t.arg.idList({
        required: true,
        description:
          `The global IDs of 1 to ${mostCenters} users, groups, roles or aliases. IDs of objects that do not exist ` +
          'are ignored.',
      }),
      via: t.arg({
        type: [EdgeKind],
        defaultValue: [...usualVia],
        description: 'The kinds of relationships to follow.',
      }),
      depth: t.arg.int({
        defaultValue: depthSize.default,
        description: `Maximum distance from the requested nodes, in relationships (0–${depthSize.most}).`,
      }),
      limit: t.arg.int({
        defaultValue: nodesSize.default,
        description: `Maximum number of nodes, including the requested ones (1–${nodesSize.most}).`,
      }),
    },
    resolve: async (_root, { of, via, depth, limit }, context) => {
      if (of.length < 1 || of.length > mostCenters) throw userInputError(`\`of\` must contain 1 to ${mostCenters} IDs`)
      const asked = [...new Set(of)].map(nodeOf)
      const wanted = {
        via: edgeKinds(via, usualVia),
        depth: checkedSize(depthSize, { depth }, 'steps'),
        limit: checkedSize(nodesSize, { limit }, 'nodes'),
      }
      const there = await readNodes(context.sql, asked, visibleSlugs(context))
      return there.length === 0 ? null : await readNeighborhood(context.sql, { of: there, ...wanted })
    },
  }),
)
