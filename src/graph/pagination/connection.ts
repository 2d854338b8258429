/** The parts that all connections share: arguments, fields of the connection, and fields of its edges. */
import type { InterfaceParam, ObjectRef } from '@pothos/core'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'
import type { Edge, Page } from './page.ts'

type Types = typeof builder.$inferSchemaTypes

/**
 * The type of a connection's nodes: its rows are, or may be fetched as, `Node`. Pothos does not expose this in a form
 * that a generic function can use, so the two resolvers that return nodes use a cast.
 */
type NodeType<Node> = ObjectRef<Types, unknown> & { $inferType: Node | { $pothosQueryFor: unknown } }

/** The arguments of a field that returns a connection, to be spread into its `args`. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description:
      'Number of items to return from the start (0–500). Defaults to 50 unless `last` is given. Use 0 to fetch ' +
      'only counts.',
  }),
  after: t.string({
    description: 'Return only items after this cursor. The cursor must come from the same list with the same order.',
  }),
  last: t.int({ description: 'Number of items to return from the end (0–500). Mutually exclusive with `first`.' }),
  before: t.string({
    description: 'Return only items before this cursor. The cursor must come from the same list with the same order.',
  }),
}))

/**
 * Creates an edge type. Fields of the row between parent and node are added by `builder.objectFields` and read it as
 * `edge.row`.
 */
export function edgeType<Row, Node>(
  name: string,
  options: { description: string; node: NodeType<Node>; interfaces?: InterfaceParam<Types>[] },
): ObjectRef<Types, Edge<Row, Node>> {
  return builder.objectRef<Edge<Row, Node>>(name).implement({
    description: options.description,
    interfaces: options.interfaces ?? [],
    fields: (t) => ({
      cursor: t.string({
        description: 'The position of the item in this list and order. Opaque; pass it as `after` or `before`.',
        resolve: (edge) => edge.cursor,
      }),
      node: t.field({ type: options.node, description: 'The item itself.', resolve: (edge) => edge.node as never }),
    }),
  })
}

/**
 * Creates a connection type over an edge type. `totalCount` is computed only if selected; `counted: false` leaves it
 * out. Fields that are added to the type read the additional properties of `Shown`.
 */
export function connectionType<Row, Node, Shown extends Page<Row, Node> = Page<Row, Node>>(
  name: string,
  options: { description: string; node: NodeType<Node>; edge: ObjectRef<Types, Edge<Row, Node>>; counted?: boolean },
): ObjectRef<Types, Shown> {
  return builder.objectRef<Shown>(name).implement({
    description: options.description,
    fields: (t) => ({
      edges: t.field({
        type: [options.edge],
        description: 'The items on this page, with their cursors.',
        extensions: costs({ size: 'page', reads: 'rows' }),
        resolve: (page) => page.edges,
      }),
      nodes: t.field({
        type: [options.node],
        description: 'The items on this page.',
        extensions: costs({ size: 'page', reads: 'rows' }),
        resolve: (page) => page.edges.map((edge) => edge.node) as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Information about this page.',
        extensions: costs({ reads: 'rows' }),
        resolve: (page) => page.pageInfo,
      }),
      ...(options.counted !== false && {
        totalCount: t.int({
          description: 'The number of items on all pages.',
          extensions: costs({ reads: 'count' }),
          resolve: (page) => page.totalCount() as number,
        }),
      }),
    }),
  })
}
