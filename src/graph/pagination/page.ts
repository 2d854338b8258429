/**
 * Keyset pagination: a page is requested by a position in a total order, never by its number, so that rows added or
 * removed between two pages do not shift others. Every order ends with a unique key.
 */
import { and, asc, type Column, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm'
import type { ListSize } from '../core/cost.ts'
import { userInputError } from '../core/user-input-error.ts'
import { type CursorValue, decodeCursor, encodeCursor, type ValueKind } from './cursor.ts'

export const pageSize = {
  arguments: ['first', 'last'],
  default: 50,
  least: 0,
  most: 500,
} as const satisfies ListSize

/** For pages that are read in one direction only. */
export const forwardPageSize = { ...pageSize, arguments: ['first'] } as const satisfies ListSize

export interface PageArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

export interface OrderTerm<Table> {
  /** The field of a fetched row that holds the term's value: a column, or the extra that the order selects. */
  readonly key: string
  readonly kind: ValueKind
  readonly direction: 'asc' | 'desc'
  /** The expression that Postgres sorts by. Never null, because null is neither before nor after any value. */
  readonly value: (table: Table) => SQL | Column
  /**
   * Set if the value is not a column: selected as `key`. Must always be the same function, because plans compare it by
   * identity.
   */
  readonly extra?: (table: Table) => SQL
}

export interface Order<Table> {
  /** Identifies the list and the terms; part of every cursor. */
  readonly name: string
  readonly terms: readonly OrderTerm<Table>[]
}

/** The database query of a page: one row more than the page shows, to learn whether there are more. */
export interface PageWindow<Table> {
  readonly order: Order<Table>
  readonly size: number
  readonly limit: number
  readonly backward: boolean
  /** Whether the caller gave `after`, and whether it gave `before`. */
  readonly follows: boolean
  readonly precedes: boolean
  readonly where: (table: Table) => SQL | undefined
  readonly orderBy: (table: Table) => SQL[]
  readonly columns: Record<string, true>
  readonly extras: Record<string, (table: Table) => SQL>
}

export interface Page<Row, Node> {
  readonly edges: Edge<Row, Node>[]
  readonly pageInfo: PageInfo
  /** Computed when it is called; undefined if it was not selected. */
  readonly totalCount: () => Promise<number> | number | undefined
}

export interface Edge<Row, Node> {
  readonly row: Row
  readonly node: Node
  readonly cursor: string
}

export interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

/** Throws bad input for an invalid size or cursor. */
export function pageWindow<Table>(args: PageArgs, order: Order<Table>): PageWindow<Table> {
  const backward = args.last != null
  const size = sizeOf(args)
  const place = (argument: 'after' | 'before') => {
    const cursor = args[argument]
    const kinds = order.terms.map((term) => term.kind)
    return cursor == null ? undefined : decodeCursor(argument, cursor, order.name, kinds)
  }
  const after = place('after')
  const before = place('before')
  const computed = order.terms.flatMap(({ key, extra }) => (extra ? [[key, extra] as const] : []))
  return {
    order,
    size,
    limit: size + 1,
    backward,
    follows: after !== undefined,
    precedes: before !== undefined,
    where: (table) =>
      and(after && beyond(order.terms, after, 'after', table), before && beyond(order.terms, before, 'before', table)),
    orderBy: (table) =>
      order.terms.map((term) => ((term.direction === 'asc') !== backward ? asc : desc)(term.value(table))),
    columns: Object.fromEntries(order.terms.flatMap(({ key, extra }) => (extra ? [] : [[key, true] as const]))),
    extras: Object.fromEntries(computed),
  }
}

/** Returns the page of the rows that were fetched through the window. */
export function pageOf<Row extends object, Node>(
  window: PageWindow<never>,
  rows: readonly Row[],
  nodeOf: (row: Row) => Node,
  totalCount: () => Promise<number> | number | undefined,
): Page<Row, Node> {
  const more = rows.length > window.size
  const shown = rows.slice(0, window.size)
  if (window.backward) shown.reverse()
  const edges = shown.map((row) => new RowEdge(window.order, row, nodeOf(row)))
  return {
    edges,
    pageInfo: {
      hasNextPage: window.backward ? window.precedes : more || window.precedes,
      hasPreviousPage: window.backward ? more || window.follows : window.follows,
      get startCursor() {
        return edges[0]?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
    totalCount,
  }
}

/** Most callers read only the last cursor, so each cursor is encoded when it is read. */
class RowEdge<Row extends object, Node> implements Edge<Row, Node> {
  readonly row: Row
  readonly node: Node
  readonly #order: Order<never>

  constructor(order: Order<never>, row: Row, node: Node) {
    this.#order = order
    this.row = row
    this.node = node
  }

  get cursor(): string {
    const values = this.row as Record<string, CursorValue>
    return encodeCursor(
      this.#order.name,
      this.#order.terms.map(({ key }) => values[key] ?? ''),
    )
  }
}

function sizeOf({ first, last }: PageArgs): number {
  if (first != null && last != null) {
    throw userInputError('`first` and `last` are mutually exclusive')
  }
  const [argument, size] = last != null ? (['last', last] as const) : (['first', first ?? pageSize.default] as const)
  if (size < pageSize.least || size > pageSize.most) {
    throw userInputError(`\`${argument}\` must be between ${pageSize.least} and ${pageSize.most}`)
  }
  return size
}

/** Returns the condition that a row is after, or before, a position in the order. */
function beyond<Table>(
  terms: readonly OrderTerm<Table>[],
  place: readonly CursorValue[],
  side: 'after' | 'before',
  table: Table,
): SQL | undefined {
  const greater = (term: OrderTerm<Table>) => (term.direction === 'asc') === (side === 'after')
  const value = (term: OrderTerm<Table>) => sql`${term.value(table)}`
  const bound = (index: number) => typed(place[index], terms[index]?.kind)
  const [first] = terms
  // If all terms have the same direction, a single row comparison is enough, and an index supports it.
  if (first && terms.every((term) => greater(term) === greater(first))) {
    const left = sql.join(terms.map(value), sql`, `)
    const right = sql.join(
      terms.map((_, index) => bound(index)),
      sql`, `,
    )
    return greater(first) ? sql`(${left}) > (${right})` : sql`(${left}) < (${right})`
  }
  return or(
    ...terms.map((term, index) =>
      and(
        ...terms.slice(0, index).map((earlier, at) => eq(value(earlier), bound(at))),
        (greater(term) ? gt : lt)(value(term), bound(index)),
      ),
    ),
  )
}

function typed(value: CursorValue | undefined, kind: ValueKind | undefined): SQL {
  switch (kind) {
    case 'number':
      return sql`${value}::bigint`
    case 'moment':
      return sql`${value}::timestamptz`
    default:
      return sql`${value}::text`
  }
}
