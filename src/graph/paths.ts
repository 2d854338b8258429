import { readNodes } from '../analysis/nodes.ts'
import { mostSteps, type Path, type PathSet, readPaths } from '../analysis/paths.ts'
import { checkedSize } from './bad-input.ts'
import { builder } from './builder.ts'
import { costs, type ListSize } from './cost.ts'
import { EdgeKind, edgeKinds } from './edge-kind.ts'
import { GraphEdge, loadedNodes, nodeOf, withinBounds } from './graph-edge.ts'
import { GraphNode } from './graph-node.ts'
import { visibleSlugs } from './visible.ts'

const usualVia = ['MEMBER_OF', 'OWNS'] as const
const lengthSize = { arguments: ['maxLength'], default: 6, least: 0, most: 12 } as const satisfies ListSize
const pathsSize = { arguments: ['limit'], default: 10, least: 0, most: 100 } as const satisfies ListSize

const PathRef = builder.objectRef<Path>('Path').implement({
  description: 'A chain of relationships.',
  fields: (t) => ({
    length: t.int({ description: 'How many relationships it has.', resolve: ({ edges }) => edges.length }),
    nodes: t.field({
      type: [GraphNode],
      description: 'From the one end to the other, both included.',
      extensions: costs({ size: lengthSize.most + 1 }),
      resolve: async ({ nodes }, _args, context, info) => (await loadedNodes(nodes, context, info)) as never,
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
  description: 'The shortest chains of relationships between two nodes.',
  fields: (t) => ({
    length: t.int({
      nullable: true,
      description: 'How many relationships each has; null: none is within maxLength.',
      resolve: ({ length }) => length,
    }),
    paths: t.field({
      type: [PathRef],
      description: 'All of them, or as many as limit says: which, is then not said.',
      extensions: costs({ size: 'page' }),
      resolve: ({ paths }) => [...paths],
    }),
    truncated: t.boolean({ description: 'There are more than limit.', resolve: ({ truncated }) => truncated }),
  }),
})

builder.queryField('paths', (t) =>
  t.field({
    type: PathSetRef,
    nullable: true,
    description: `All shortest chains of relationships from one node to another; none where none is within maxLength. null: one of the two is not there. Where more than ${mostSteps} relationships would have to be read, the error TOO_MUCH_WORK.`,
    extensions: costs({ base: 4_000, size: pathsSize }),
    args: {
      from: t.arg.id({ required: true, description: 'The id of a user, a group, a role or an alias.' }),
      to: t.arg.id({ required: true, description: 'The id of a user, a group, a role or an alias.' }),
      via: t.arg({ type: [EdgeKind], defaultValue: [...usualVia], description: 'The kinds to go along.' }),
      maxLength: t.arg.int({
        defaultValue: lengthSize.default,
        description: `So many relationships at most, 0 to ${lengthSize.most}.`,
      }),
      limit: t.arg.int({
        defaultValue: pathsSize.default,
        description: `So many chains at most, 0 to ${pathsSize.most}.`,
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
        'a smaller maxLength, or fewer kinds in via, may be answered',
      )
    },
  }),
)
