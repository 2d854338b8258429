import { readNodes } from '../../analysis/graph/nodes.ts'
import { mostSteps, type Path, type PathSet, readPaths } from '../../analysis/graph/paths.ts'
import { builder } from '../builder.ts'
import { costs, type ListSize } from '../core/cost.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'
import { checkedSize } from '../core/user-input-error.ts'
import { EdgeKind, edgeKinds, GraphEdge, nodeOf, refsOf, withinBounds } from './graph-edge.ts'
import { GraphNode } from './graph-node.ts'

const usualVia = ['MEMBER_OF', 'OWNS'] as const
const lengthSize = { arguments: ['maxLength'], default: 6, least: 0, most: 12 } as const satisfies ListSize
const pathsSize = { arguments: ['limit'], default: 10, least: 0, most: 100 } as const satisfies ListSize

const PathRef = builder.objectRef<Path>('Path').implement({
  description: 'A chain of relationships between two nodes.',
  fields: (t) => ({
    length: t.int({ description: 'Number of relationships in the path.', resolve: ({ edges }) => edges.length }),
    nodes: t.field({
      type: [GraphNode],
      description: 'The nodes of the path, from one end to the other, including both ends.',
      extensions: costs({ size: lengthSize.most + 1 }),
      refs: ({ nodes }) => refsOf(nodes),
    }),
    edges: t.field({
      type: [GraphEdge],
      description: 'The relationships between each node and the next.',
      extensions: costs({ size: lengthSize.most }),
      resolve: ({ edges }) => [...edges],
    }),
  }),
})

const PathSetRef = builder.objectRef<PathSet>('PathSet').implement({
  description: 'The shortest paths between two nodes.',
  fields: (t) => ({
    length: t.exposeInt('length', {
      nullable: true,
      description:
        'Number of relationships in each path. Null if there is no path of at most `maxLength` relationships.',
    }),
    paths: t.field({
      type: [PathRef],
      description: 'The shortest paths, up to `limit`. If there are more, the selection is not defined.',
      extensions: costs({ size: 'page' }),
      resolve: ({ paths }) => [...paths],
    }),
    truncated: t.exposeBoolean('truncated', {
      description: 'Whether there are more paths than `limit`.',
    }),
  }),
})

builder.queryField('paths', (t) =>
  t.field({
    type: PathSetRef,
    nullable: true,
    description:
      `All shortest paths between two nodes. Empty if no path has at most \`maxLength\` relationships. Null if ` +
      `one of the nodes does not exist. Fails with the code TOO_MUCH_WORK if more than ${mostSteps} ` +
      'relationships would have to be read.',
    extensions: costs({ base: 4_000, size: pathsSize }),
    args: {
      from: t.arg.id({ required: true, description: 'The global ID of a user, group, role or alias.' }),
      to: t.arg.id({ required: true, description: 'The global ID of a user, group, role or alias.' }),
      via: t.arg({
        type: [EdgeKind],
        defaultValue: [...usualVia],
        description: 'The kinds of relationships to follow.',
      }),
      maxLength: t.arg.int({
        defaultValue: lengthSize.default,
        description: `Maximum number of relationships in a path (0–${lengthSize.most}).`,
      }),
      limit: t.arg.int({
        defaultValue: pathsSize.default,
        description: `Maximum number of paths to return (0–${pathsSize.most}).`,
      }),
    },
    resolve: async (_root, { from, to, via, maxLength, limit }, context) => {
      const ends = [nodeOf(from), nodeOf(to)] as const
      const wanted = {
        via: edgeKinds(via, usualVia),
        maxLength: checkedSize(lengthSize, { maxLength }, 'relationships'),
        limit: checkedSize(pathsSize, { limit }, 'chains'),
      }
      const there = await readNodes(context.sql, ends, visibleSlugs(context))
      if (there.length < 2) return null
      return await withinBounds(
        readPaths(context.sql, { from: ends[0], to: ends[1], ...wanted }),
        'reduce `maxLength`, or pass fewer kinds in `via`',
      )
    },
  }),
)
