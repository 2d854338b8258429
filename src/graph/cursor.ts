/**
 * Cursors: base64url of a JSON array, the order's name first, then the row's value of each of its terms.
 * The name binds a cursor to the list and the order that it came from; with another it would name a place that does not exist there.
 */
import type { GraphQLError } from 'graphql'
import { isoOf } from '../mirror/iso.ts'
import { badValue } from './bad-input.ts'
import { parseMoment } from './moment.ts'

/** What a term's values are: text; a whole number; a time as Postgres prints it, to the microsecond, or `-infinity`. */
export type ValueKind = 'text' | 'number' | 'moment'
export type CursorValue = string | number

const printedMoment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/

export function encodeCursor(order: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values]), 'utf8').toString('base64url')
}

/** The values that the cursor holds, which have one of these shapes. `argument` is what the caller wrote it to. Throws bad input. */
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
    throw badValue(argument, `is a cursor of another list or of another order; expected one of ${order}`)
  }
  const kinds = shapes.find((shape) => shape.length === values.length)
  if (!kinds?.every((kind, index) => isOfKind(values[index], kind))) {
    throw notACursor(argument)
  }
  return values as CursorValue[]
}

function notACursor(argument: string): GraphQLError {
  return badValue(argument, 'is not a cursor of this list; expected a cursor of one of its pages, unchanged')
}

/** Values are an address, a name or a few numbers; the longest names that are stored make cursors of some thousand characters. */
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

/** A time that somebody wrote into a cursor by hand need not exist, and would fail in Postgres only. */
function isPrintedMoment(text: string): boolean {
  if (text === '-infinity') return true
  try {
    return printedMoment.test(text) && parseMoment(isoOf(text)) !== ''
  } catch {
    return false
  }
}
