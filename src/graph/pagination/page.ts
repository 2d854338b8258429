/**
 * Keyset pagination: a page is requested by a position in a total order, never by its number, so that rows added or
 * removed between two pages do not shift others. Every order ends with a unique key.
 */
import { and, asc, type Column, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Given, given, type Value } from '../../planner/given.ts'
import type { OrderedRows, Window } from '../../planner/read.ts'
import type { ListSize } from '../core/cost.ts'
import { userInputError } from '../core/user-input-error.ts'
import { type CursorValue, decodeCursor, type ValueKind } from './cursor.ts'

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
  readonly kind: ValueKind
  readonly direction: 'asc' | 'desc'
  /** The expression that Postgres sorts by. Never null, because null is neither before nor after any value. */
  readonly value: (table: Table) => SQL | Column
}

export interface Order<Table> {
  /** Identifies the list and the terms; part of every cursor. */
  readonly name: string
  readonly terms: readonly OrderTerm<Table>[]
}

/** Throws bad input for an invalid size or cursor. */
export function pageWindow<Table>(args: PageArgs, order: Order<Table>): Window<Table> {
  const backward = args.last != null
  const size = sizeOf(args)
  const place = (argument: 'after' | 'before') => {
    const cursor = args[argument]
    const kinds = order.terms.map((term) => term.kind)
    return cursor == null ? undefined : given(cursor).map((text) => decodeCursor(argument, text, order.name, kinds))
  }
  const after = place('after')
  const before = place('before')
  return {
    size,
    backward,
    follows: after !== undefined,
    precedes: before !== undefined,
    where: (table) =>
      and(after && beyond(order.terms, after, 'after', table), before && beyond(order.terms, before, 'before', table)),
    orderBy: (table) =>
      order.terms.map((term) => ((term.direction === 'asc') !== backward ? asc : desc)(term.value(table))),
    limited: (query, extra, rows) => limited(query, size, extra, rows),
    cursor: (table) => cursorText(order, table),
  }
}

/**
 * Adds a limit to a query. Postgres plans for the number of rows that a constant limit allows, but not for a parameter,
 * so a size that is given later gets both. It does not sort again what is ordered by the same terms.
 */
function limited(query: SQL, size: Given<number>, extra: 0 | 1, rows?: OrderedRows): SQL {
  const most = size.choose((rows) => (size.isKnown ? rows + extra : 2 ** Math.ceil(Math.log2(rows + 2))))
  const bounded = sql`${query} limit ${sql.raw(String(most))}`
  if (size.isKnown) return bounded
  const ordered = rows ? sql`${rows.name} order by ${sql.join([...rows.orderBy], sql`, `)}` : sql`bounded`
  return sql`select * from (${bounded}) ${ordered} limit ${size}::int + ${sql.raw(String(extra))}`
}

/** The text of `encodeCursor` (cursor.ts) of a row's values, in SQL. */
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

/** Throws bad input for an invalid size. */
export function sizeOf({ first, last }: PageArgs): Given<number> {
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
