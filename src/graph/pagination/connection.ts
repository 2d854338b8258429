/** The parts that all connections share: arguments, fields of the connection, and fields of its edges. */
import type { InterfaceParam, ObjectRef } from '@pothos/core'
import { sql } from 'drizzle-orm'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'

type Types = typeof builder.$inferSchemaTypes
type Planned = ObjectRef<Types, object>

/** The compiler of pages reads these fields (compile-page.ts). */
const ofPage = () => sql`null`

export const PageInfo = builder.objectRef<object>('PageInfo').implement({
  description: 'Information about a page of a connection.',
  fields: (t) => ({
    hasNextPage: t.boolean({ description: 'Whether there are more items after this page.', sql: ofPage }),
    hasPreviousPage: t.boolean({ description: 'Whether there are more items before this page.', sql: ofPage }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first item on the page. Null if the page is empty, except for changes.',
      sql: ofPage,
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last item on the page. Null if the page is empty, except for changes.',
      sql: ofPage,
    }),
  }),
})

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

export const cursorDescription =
  'The position of the item in this list and order. Opaque; pass it as `after` or `before`.'

interface Items {
  readonly node: Planned
  /** What a page contains, in the plural. */
  readonly items: string
  /** Defaults to an edge that shows nothing but the item. */
  readonly edge?: Planned
}

/** Creates an edge type. Other fields are read from the row between parent and node. */
export function edgeType(
  name: string,
  { node, items, ...options }: Items & { description?: string; interfaces?: InterfaceParam<Types>[] },
): Planned {
  return builder.objectRef<object>(name).implement({
    description: `An edge in a connection of ${items}.`,
    ...options,
    fields: (t) => ({
      cursor: t.string({ description: cursorDescription, sql: ofPage }),
      node: t.field({ type: node, description: 'The item itself.', sql: ofPage }),
    }),
  })
}

/** Creates a connection type. Its name must end with `Connection`. */
export function connectionType(name: string, { edge, ...of }: Items): Planned {
  const edges = edge ?? edgeType(name.replace(/Connection$/, 'Edge'), of)
  return builder.objectRef<object>(name).implement({
    description: `A page of ${of.items}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edges],
        description: 'The items on this page, with their cursors.',
        extensions: costs({ size: 'page', reads: 'rows' }),
        sql: ofPage,
      }),
      nodes: t.field({
        type: [of.node],
        description: 'The items on this page.',
        extensions: costs({ size: 'page', reads: 'rows' }),
        sql: ofPage,
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Information about this page.',
        extensions: costs({ reads: 'rows' }),
        sql: ofPage,
      }),
      totalCount: t.int({
        description: 'The number of items on all pages.',
        extensions: costs({ reads: 'count' }),
        sql: ofPage,
      }),
    }),
  })
}
