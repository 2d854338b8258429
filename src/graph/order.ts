import { type Column, type SQL, sql } from 'drizzle-orm'
import { builder } from './builder.ts'
import type { Order, OrderTerm } from './page.ts'

export const Direction = builder.enumType('Direction', {
  description: 'Which end comes first.',
  values: { ASC: { description: 'The least.' }, DESC: { description: 'The greatest.' } },
})

/** What a list can be sorted by. */
export type OrderField<Table> = Omit<OrderTerm<Table>, 'direction'>

interface AskedOrder<Field extends string> {
  readonly field: Field
  readonly direction: 'ASC' | 'DESC'
}

/**
 * The order that the caller asked for, the key of the row at its end. A field that is named twice counts where it is named first.
 * `list` is what the cursors of this list are known by.
 */
export function orderOf<Table extends { id: Column }, Field extends string>(
  list: string,
  fields: Record<Field, OrderField<Table>>,
  asked: readonly AskedOrder<Field>[] | null | undefined,
  usual: Field,
): Order<Table> {
  const chosen = asked?.length ? asked : [{ field: usual, direction: 'ASC' } as const]
  const distinct = chosen.filter(({ field }, index) => chosen.findIndex((other) => other.field === field) === index)
  const terms = distinct.map(
    ({ field, direction }) => ({ ...fields[field], direction: direction === 'ASC' ? 'asc' : 'desc' }) as const,
  )
  return {
    name: `${list} by ${distinct.map(({ field, direction }) => `${field} ${direction}`).join(', ')}`,
    // The key runs the way the last term runs, so that one index can serve both.
    terms: [...terms, { ...keyTerm<Table>('id'), direction: terms.at(-1)?.direction ?? 'asc' }],
  }
}

/** A list that is only ever sorted by one key that no two of its rows share. */
export function keyOrder<Table>(
  list: string,
  key: keyof Table & string,
  direction: 'asc' | 'desc' = 'asc',
): Order<Table> {
  return { name: list, terms: [{ ...keyTerm<Table>(key), direction }] }
}

function keyTerm<Table>(key: keyof Table & string): OrderField<Table> {
  return { key, kind: 'number', value: (table) => table[key] as Column }
}

/** Text without regard to case; what is unknown comes before everything. */
export function textField<Table>(key: string, column: (table: Table) => Column): OrderField<Table> {
  const value = (table: Table): SQL => sql`lower(coalesce(${column(table)}, ''))`
  return { key, kind: 'text', value, extra: value }
}

/** Times; what is unknown comes before everything. */
export function momentField<Table>(key: string, column: (table: Table) => Column): OrderField<Table> {
  const value = (table: Table): SQL => sql`coalesce(${column(table)}, '-infinity')`
  return { key, kind: 'moment', value, extra: (table) => sql`${value(table)}::text` }
}

/** Whole numbers from 0 on; what is unknown comes before everything. */
export function countField<Table>(key: string, column: (table: Table) => Column): OrderField<Table> {
  const value = (table: Table): SQL => sql`coalesce(${column(table)}, -1)`
  return { key, kind: 'number', value, extra: value }
}
