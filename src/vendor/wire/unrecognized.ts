import { kindOf } from './fields.ts'

/**
 * The vendor's values of these fields, if they are not among the known values. Verbatim, but shortened. Only the kind of
 * a list or an object is kept, because its content may be anything.
 */
export interface Unrecognized {
  readonly type?: string
  readonly status?: string
}

const longest = 60

/** The unrecognized values of a row whose fields were parsed as `read`. Undefined if all values are known. */
export function unrecognizedOf(
  row: Readonly<Record<string, unknown>>,
  read: { readonly type?: unknown; readonly status?: unknown },
) {
  const type = wordOf(row.type, read.type)
  const status = wordOf(row.status, read.status)
  if (type === undefined && status === undefined) return undefined
  return { ...(type !== undefined && { type }), ...(status !== undefined && { status }) } satisfies Unrecognized
}

function wordOf(given: unknown, read: unknown): string | undefined {
  if (given === undefined || given === null || read !== undefined) return undefined
  if (typeof given === 'object') return `(${kindOf(given)})`
  const shown = String(given)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .toWellFormed()
  return shown.length > longest ? `${shown.slice(0, longest - 1).toWellFormed()}…` : shown
}
