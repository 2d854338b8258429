/** Lists and their pages: sort everything, then cut. */
import { badInput, compareText, encodeCursor, iso, printed, readCursor, sortKey } from './text.ts'

type Value = string | number

interface Term<Row> {
  /** A time is as the API shows it; '' is before all times. */
  readonly kind: 'text' | 'number' | 'time'
  readonly descending: boolean
  value(row: Row): Value
}

export interface Order<Row> {
  readonly name: string
  readonly terms: readonly Term<Row>[]
}

export interface PageArgs {
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

export interface Page<Row> {
  readonly edges: readonly { readonly cursor: string; readonly row: Row }[]
  readonly pageInfo: object
  readonly totalCount: number
}

interface Asked {
  readonly field: string
  readonly direction: 'ASC' | 'DESC'
}

const ordered = {
  users: {
    PRIMARY_EMAIL: { kind: 'text', column: 'address_key' },
    LAST_NAME: { kind: 'text', column: 'last_name' },
    CREATED_AT: { kind: 'time', column: 'created_at' },
    UPDATED_AT: { kind: 'time', column: 'updated_at' },
  },
  groups: {
    NAME: { kind: 'text', column: 'name' },
    MEMBER_COUNT: { kind: 'number', column: 'member_count' },
  },
  aliases: { ADDRESS: { kind: 'text', column: 'address_key' } },
} as const

/** The order that a caller requested, and then the order of creation. A repeated field has no effect. */
export function orderOf<Row extends { readonly id: number }>(
  list: keyof typeof ordered,
  asked: readonly Asked[] | null | undefined,
): Order<Row> {
  const fields: Record<string, { kind: Term<Row>['kind']; column: string }> = ordered[list]
  const usual = { field: Object.keys(fields)[0] ?? '', direction: 'ASC' } as const
  const chosen: Asked[] = []
  for (const one of asked?.length ? asked : [usual]) {
    if (!chosen.some(({ field }) => field === one.field)) chosen.push(one)
  }
  const terms = chosen.map(({ field, direction }): Term<Row> => {
    const { kind, column } = fields[field] ?? { kind: 'text', column: '' }
    const read = (row: Row) => Reflect.get(row, column) as Value | null
    const value = (row: Row) => {
      if (kind === 'number') return read(row) ?? -1
      if (kind === 'time') return read(row) ?? ''
      // Keys of addresses are stored in lower case.
      return column === 'address_key' ? (read(row) ?? '') : sortKey(read(row) as string | null)
    }
    return { kind, descending: direction === 'DESC', value }
  })
  const descending = terms.at(-1)?.descending ?? false
  return {
    name: `${list} by ${chosen.map(({ field, direction }) => `${field} ${direction}`).join(', ')}`,
    terms: [...terms, { kind: 'number', descending, value: (row) => row.id }],
  }
}

export function keyOrder<Row>(name: string, key: (row: Row) => number, descending = false): Order<Row> {
  return { name, terms: [{ kind: 'number', descending, value: key }] }
}

function compare<Row>(order: Order<Row>, a: readonly Value[], b: readonly Value[]): number {
  for (const [i, { kind, descending }] of order.terms.entries()) {
    const [left, right] = [a[i] ?? '', b[i] ?? '']
    const difference = kind === 'number' ? Number(left) - Number(right) : compareText(String(left), String(right))
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

function valuesOf<Row>(order: Order<Row>, row: Row): Value[] {
  return order.terms.map((term) => term.value(row))
}

function cursorOf<Row>(order: Order<Row>, row: Row): string {
  const values = order.terms.map(({ kind, value }) => {
    if (kind !== 'time') return value(row)
    return value(row) === '' ? '-infinity' : printed(String(value(row)))
  })
  return encodeCursor(order.name, values)
}

interface Place {
  readonly size: number
  readonly isBackward: boolean
  readonly after: readonly Value[] | undefined
  readonly before: readonly Value[] | undefined
}

/** Checks the arguments of a page. */
export function placeOf<Row>({ first, last, after, before }: PageArgs, order: Order<Row>): Place {
  if (first != null && last != null) throw badInput('`first` and `last` are mutually exclusive')
  const size = last ?? first ?? 50
  if (size < 0 || size > 500) throw badInput(`\`${last == null ? 'first' : 'last'}\` must be between 0 and 500`)
  return {
    size,
    isBackward: last != null,
    after: after == null ? undefined : positionOf('after', after, order),
    before: before == null ? undefined : positionOf('before', before, order),
  }
}

function positionOf<Row>(argument: string, cursor: string, { name, terms }: Order<Row>): Value[] {
  const wrong = badInput(
    `\`${argument}\` is not a cursor of this list; expected an unchanged cursor of one of its pages`,
  )
  const [order, ...values] = readCursor(cursor) ?? []
  if (order === undefined) throw wrong
  if (order !== name) {
    throw badInput(`\`${argument}\` is a cursor of another list or order; expected a cursor of ${name}`)
  }
  if (values.length !== terms.length) throw wrong
  return terms.map(({ kind }, i) => {
    const value = values[i]
    if (kind === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'string') throw wrong
    if (kind !== 'time') return value as Value
    if (value === '-infinity') return ''
    if (!iso(value as string).endsWith('Z')) throw wrong
    return iso(value as string)
  })
}

/**
 * Returns a page of the rows. A cursor in the direction away from the page's own counts as an item: the caller got it
 * from one.
 */
export function pageOf<Row>(rows: readonly Row[], order: Order<Row>, args: PageArgs): Page<Row> {
  const { size, isBackward, after, before } = placeOf(args, order)
  const sorted = rows
    .map((row) => ({ row, values: valuesOf(order, row) }))
    .sort((a, b) => compare(order, a.values, b.values))
  const between = sorted.filter(
    ({ values }) => (!after || compare(order, values, after) > 0) && (!before || compare(order, values, before) < 0),
  )
  const isWhole = between.length <= size
  const shown = isWhole ? between : isBackward ? between.slice(between.length - size) : between.slice(0, size)
  const edges = shown.map(({ row }) => ({ row, cursor: cursorOf(order, row) }))
  return {
    edges,
    pageInfo: {
      hasNextPage: before !== undefined || (!isBackward && !isWhole),
      hasPreviousPage: after !== undefined || (isBackward && !isWhole),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: rows.length,
  }
}

/** The page with the node of each row. */
export function withNodes<Row>(page: Page<Row>, nodeOf: (row: Row) => object) {
  return { ...page, edges: page.edges.map((edge) => ({ ...edge, node: nodeOf(edge.row) })) }
}
