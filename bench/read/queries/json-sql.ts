/**
 * Short forms for hand-written SQL that builds JSON text. Concatenation is faster in Postgres than
 * `json_build_object`. Each function returns an SQL expression of JSON text that is never null, because one null would
 * make the whole concatenation null.
 */
import { utc } from '../../../src/db/timestamps.ts'

/** A JSON object. The values are SQL expressions of JSON text. */
export function object(fields: Readonly<Record<string, string>>): string {
  const members = Object.entries(fields).map(([name, value], i) => `'${i === 0 ? '{' : ','}"${name}":' || ${value}`)
  return `${members.join(' || ')} || '}'`
}

/** A JSON array of the rows of a query of one column of JSON text, in the order of the query. */
export function list(query: string): string {
  return `'[' || array_to_string(array(${query}), ',') || ']'`
}

export function text(expression: string): string {
  return `coalesce(to_json(${expression})::text, 'null')`
}

export function number(expression: string): string {
  return `coalesce((${expression})::text, 'null')`
}

/** The value of an enum, which needs no escapes. */
export function label(expression: string): string {
  return `coalesce('"' || ${expression} || '"', 'null')`
}

export function moment(expression: string): string {
  return `coalesce('"' || ${utc(expression)} || '"', 'null')`
}

/** The global ID of an object of the type. */
export function globalId(type: string, id: string): string {
  return `'"' || encode(convert_to('${type}:' || ${id}, 'UTF8'), 'base64') || '"'`
}

/** The display name of the user in the row `u`. */
export const displayName = text(
  `coalesce(nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), ''), u.primary_email)`,
)
