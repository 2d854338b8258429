/**
 * An array as Postgres reads it, for a parameter that the statement casts (`${array(ids)}::bigint[]`). Made here because the client
 * would serialize by the type of the first element, which fails for empty arrays, for leading nulls and for times.
 */
export function array(values: readonly (string | number | boolean | null | undefined)[]): string {
  return `{${values.map(element).join(',')}}`
}

/** The same; null for an empty one. */
export function textArrayOrNull(values: readonly string[]): string | null {
  return values.length === 0 ? null : array(values)
}

function element(value: string | number | boolean | null | undefined): string {
  if (value == null) return 'NULL'
  if (typeof value !== 'string') return String(value)
  return `"${value.includes('"') || value.includes('\\') ? value.replace(/["\\]/g, '\\$&') : value}"`
}
