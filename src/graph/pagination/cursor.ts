/**
 * Cursors: base64url of a JSON array of the order's name, followed by the row's value of each term. The name binds a
 * cursor to its list and order: in another order the values would be a meaningless position.
 */
import type { GraphQLError } from 'graphql'
import { isoOf } from '../../db/timestamps.ts'
import { parseMoment } from '../as-of/moment.ts'
import { badValue } from '../core/user-input-error.ts'

/**
 * The kind of a term's values: text; an integer; a time in Postgres' text format, to the microsecond, or `-infinity`.
 */
export type ValueKind = 'text' | 'number' | 'moment'
export type CursorValue = string | number

const printedMoment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/

export function encodeCursor(order: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values]), 'utf8').toString('base64url')
}

/**
 * Returns the values of a cursor, which must have one of the shapes. `argument` is the name of the argument that holds
 * the cursor. Throws bad input.
 */
export function decodeCursor(
  argument: string,
  cursor: string,
  order: string,
  ...shapes: readonly (readonly ValueKind[])[]
): CursorValue[] {
  const [name, ...values] = decoded(cursor) ?? [undefined]
  if (typeof name !== 'string') {
    throw notACursor(argument)
  }
  if (name !== order) {
    throw badValue(argument, `is a cursor of another list or order; expected a cursor of ${order}`)
  }
  const kinds = shapes.find((shape) => shape.length === values.length)
  if (!kinds?.every((kind, index) => isOfKind(values[index], kind))) {
    throw notACursor(argument)
  }
  return values as CursorValue[]
}

function notACursor(argument: string): GraphQLError {
  return badValue(argument, 'is not a cursor of this list; expected an unchanged cursor of one of its pages')
}

/**
 * The values are an address, a name or a few numbers. The longest stored names produce cursors of some thousand
 * characters.
 */
const longestCursor = 16_384

function decoded(cursor: string): unknown[] | undefined {
  if (cursor.length > longestCursor) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isOfKind(value: unknown, kind: ValueKind): boolean {
  if (kind === 'number') return Number.isSafeInteger(value)
  if (typeof value !== 'string') return false
  return kind === 'moment' ? isPrintedMoment(value) : !value.includes('\0')
}

/** A handwritten cursor can contain a time that does not exist, which would otherwise fail only in Postgres. */
function isPrintedMoment(text: string): boolean {
  if (text === '-infinity') return true
  try {
    return printedMoment.test(text) && parseMoment(isoOf(text)) !== ''
  } catch {
    return false
  }
}
