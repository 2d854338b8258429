import type { EnumRef } from '@pothos/core'
import { type Column, sql } from 'drizzle-orm'
import { builder } from '../builder.ts'
import type { Order, OrderTerm } from './page.ts'

type Types = typeof builder.$inferSchemaTypes

const Direction = builder.enumType('Direction', {
  description: 'A sort direction.',
  values: {
    ASC: { description: 'Ascending: lowest value first.' },
    DESC: { description: 'Descending: highest value first.' },
  },
})

/** Creates the input type of a sort key. */
export function orderInput<Field extends string>(name: string, items: string, field: EnumRef<Types, Field>) {
  return builder.inputType(name, {
    description: `A sort key for ${items}.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: 'The field to sort by.' }),
      direction: t.field({
        type: Direction,
        required: true,
        defaultValue: 'ASC',
        description: 'The sort direction. Defaults to ASC.',
      }),
    }),
  })
}

/** A field that a list can be sorted by. */
export type OrderField<Table> = Omit<OrderTerm<Table>, 'direction'>

interface AskedOrder<Field extends string> {
  readonly field: Field
  readonly direction: 'ASC' | 'DESC'
}

/**
 * Returns the order that the caller requested, with the row's key as last term. If a field is given twice, the first
 * occurrence counts. `list` identifies the list in its cursors.
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
    // The key has the direction of the last term, so that one index can serve both.
    terms: [...terms, { ...keyTerm<Table>('id'), direction: terms.at(-1)?.direction ?? 'asc' }],
  }
}

/** Returns the order of a list that is always sorted by one unique key. */
export function keyOrder<Table>(
  list: string,
  key: keyof Table & string,
  direction: 'asc' | 'desc' = 'asc',
): Order<Table> {
  return { name: list, terms: [{ ...keyTerm<Table>(key), direction }] }
}

function keyTerm<Table>(key: keyof Table & string): OrderField<Table> {
  return { kind: 'number', value: (table) => table[key] as Column }
}

/** Text, ignoring case; unknown values sort as the lowest. */
export function textField<Table>(column: (table: Table) => Column): OrderField<Table> {
  return { kind: 'text', value: (table) => sql`lower(coalesce(${column(table)}, ''))` }
}

/** Times; unknown values sort as the lowest. */
export function momentField<Table>(column: (table: Table) => Column): OrderField<Table> {
  return { kind: 'moment', value: (table) => sql`coalesce(${column(table)}, '-infinity')` }
}

/** Non-negative integers; unknown values sort as the lowest. */
export function countField<Table>(column: (table: Table) => Column): OrderField<Table> {
  return { kind: 'number', value: (table) => sql`coalesce(${column(table)}, -1)` }
}
