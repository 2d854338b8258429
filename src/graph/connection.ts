/** What every connection has in common: its arguments, its fields and its edges' fields. */
import type { InterfaceParam, ObjectRef } from '@pothos/core'
import { builder } from './builder.ts'
import { costs } from './cost.ts'
import type { Edge, Page } from './page.ts'

type Types = typeof builder.$inferSchemaTypes

/**
 * The type of a connection's nodes: one whose rows are, or may be fetched as, `Node`. It does not say so in a way that a generic function
 * could follow, so that the two resolvers that give nodes cast them.
 */
type NodeType<Node> = ObjectRef<Types, unknown> & { $inferType: Node | { $pothosQueryFor: unknown } }

/** To be spread into the arguments of a field that gives a connection. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description:
      'So many rows from the front, 0 to 500; 50 where neither this nor last is given. 0 gives the counts alone.',
  }),
  after: t.string({ description: 'Only rows after the one with this cursor, of the same list and the same order.' }),
  last: t.int({ description: 'So many rows from the back, 0 to 500; not together with first.' }),
  before: t.string({ description: 'Only rows before the one with this cursor, of the same list and the same order.' }),
}))

/** An edge type. Fields that tell of the row between parent and node are added by `builder.objectFields`, and read it as `edge.row`. */
export function edgeType<Row, Node>(
  name: string,
  options: { description: string; node: NodeType<Node>; interfaces?: InterfaceParam<Types>[] },
): ObjectRef<Types, Edge<Row, Node>> {
  return builder.objectRef<Edge<Row, Node>>(name).implement({
    description: options.description,
    interfaces: options.interfaces ?? [],
    fields: (t) => ({
      cursor: t.string({
        description: 'Where the row stands in this list and this order.',
        resolve: (edge) => edge.cursor,
      }),
      node: t.field({ type: options.node, description: 'The row itself.', resolve: (edge) => edge.node as never }),
    }),
  })
}

/** A connection type over an edge type. `totalCount` is counted only where it is asked for; `counted: false` leaves it out. */
export function connectionType<Row, Node>(
  name: string,
  options: { description: string; node: NodeType<Node>; edge: ObjectRef<Types, Edge<Row, Node>>; counted?: boolean },
): ObjectRef<Types, Page<Row, Node>> {
  return builder.objectRef<Page<Row, Node>>(name).implement({
    description: options.description,
    fields: (t) => ({
      edges: t.field({
        type: [options.edge],
        description: "The page's rows with their cursors.",
        extensions: costs({ size: 'page', reads: 'rows' }),
        resolve: (page) => page.edges,
      }),
      nodes: t.field({
        type: [options.node],
        description: "The page's rows.",
        extensions: costs({ size: 'page', reads: 'rows' }),
        resolve: (page) => page.edges.map((edge) => edge.node) as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Where the page stands.',
        extensions: costs({ reads: 'rows' }),
        resolve: (page) => page.pageInfo,
      }),
      ...(options.counted !== false && {
        totalCount: t.int({
          description: 'How many rows there are on all pages together.',
          extensions: costs({ reads: 'count' }),
          resolve: (page) => page.totalCount() as number,
        }),
      }),
    }),
  })
}
