/**
 * Keyset pagination: a page is requested by a position in a total order, never by its number, so that rows added or
 * removed between two pages do not shift others. Every order ends with a unique key.
 */
import { and, asc, type Column, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Given, given, type Value } from '../../planner/given.ts'
import type { Window } from '../../planner/read.ts'
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
  readonly first?: Value<number> | null | undefined
  readonly after?: Value<string> | null | undefined
  readonly last?: Value<number> | null | undefined
  readonly before?: Value<string> | null | undefined
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
export interface PageWindow<Table> extends Window<Table> {
  readonly order: Order<Table>
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
    return cursor == null ? undefined : given(cursor).map((text) => decodeCursor(argument, text, order.name, kinds))
  }
  const after = place('after')
  const before = place('before')
  const computed = order.terms.flatMap(({ key, extra }) => (extra ? [[key, extra] as const] : []))
  return {
    order,
    size,
    backward,
    follows: after !== undefined,
    precedes: before !== undefined,
    where: (table) =>
      and(after && beyond(order.terms, after, 'after', table), before && beyond(order.terms, before, 'before', table)),
    orderBy: (table) =>
      order.terms.map((term) => ((term.direction === 'asc') !== backward ? asc : desc)(term.value(table))),
    limited: (query, extra) => limited(query, size, extra),
    cursor: (table) => cursorText(order, table),
    columns: Object.fromEntries(order.terms.flatMap(({ key, extra }) => (extra ? [] : [[key, true] as const]))),
    extras: Object.fromEntries(computed),
  }
}

/**
 * Adds a limit to a query. Postgres plans for the number of rows that a constant limit allows, but not for a parameter,
 * so a size that is given later gets both.
 */
function limited(query: SQL, size: Given<number>, extra: 0 | 1): SQL {
  const most = size.choose((rows) => (size.isKnown ? rows + extra : 2 ** Math.ceil(Math.log2(rows + 2))))
  const bounded = sql`${query} limit ${sql.raw(String(most))}`
  return size.isKnown ? bounded : sql`select * from (${bounded}) bounded limit ${size}::int + ${sql.raw(String(extra))}`
}

/** The text of `encodeCursor` of a row's values, in SQL. */
function cursorText<Table>(order: Order<Table>, table: Table): SQL {
  const values = order.terms.map(({ kind, value }) => {
    if (kind === 'number') return sql`(${value(table)})::text`
    return kind === 'moment' ? sql`to_json((${value(table)})::text)::text` : sql`to_json(${value(table)})::text`
  })
  const start = `'[${JSON.stringify(order.name).replaceAll("'", "''")},'`
  const text = sql`${sql.raw(start)} || ${sql.join(values, sql` || ',' || `)} || ']'`
  // Base64 has line breaks, which base64url has not.
  return sql`translate(encode(convert_to(${text}, 'UTF8'), 'base64'), E'+/=\n', '-_')`
}

/** Returns the page of the rows that were fetched through the window. */
export function pageOf<Row extends object, Node>(
  window: PageWindow<never>,
  rows: readonly Row[],
  nodeOf: (row: Row) => Node,
  totalCount: () => Promise<number> | number | undefined,
): Page<Row, Node> {
  const size = sizeNow(window)
  const more = rows.length > size
  const shown = rows.slice(0, size)
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

/** The size of a window whose arguments are known, because a resolver made it. */
export function sizeNow({ size }: { readonly size: Given<number> }): number {
  return size.choose((rows) => rows)
}

function sizeOf({ first, last }: PageArgs): Given<number> {
  if (first != null && last != null) {
    throw userInputError('`first` and `last` are mutually exclusive')
  }
  const [argument, asked] = last != null ? (['last', last] as const) : (['first', first ?? pageSize.default] as const)
  return given(asked).map((size) => {
    if (size >= pageSize.least && size <= pageSize.most) return size
    throw userInputError(`\`${argument}\` must be between ${pageSize.least} and ${pageSize.most}`)
  })
}

/** Returns the condition that a row is after, or before, a position in the order. */
function beyond<Table>(
  terms: readonly OrderTerm<Table>[],
  place: Given<readonly CursorValue[]>,
  side: 'after' | 'before',
  table: Table,
): SQL | undefined {
  const greater = (term: OrderTerm<Table>) => (term.direction === 'asc') === (side === 'after')
  const value = (term: OrderTerm<Table>) => sql`${term.value(table)}`
  const bound = (index: number) =>
    typed(
      place.map((values) => values[index]),
      terms[index]?.kind,
    )
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

function typed(value: Given<CursorValue | undefined>, kind: ValueKind | undefined): SQL {
  switch (kind) {
    case 'number':
      return sql`${value}::bigint`
    case 'moment':
      return sql`${value}::timestamptz`
    default:
      return sql`${value}::text`
  }
}
