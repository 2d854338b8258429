/**
 * Formats an array in Postgres syntax, for a parameter that the statement casts (`${array(ids)}::bigint[]`). The driver
 * would choose the type from the first element, which fails for empty arrays, leading nulls and times.
 */
export function array(values: readonly (string | number | boolean | null | undefined)[]): string {
  return `{${values.map(element).join(',')}}`
}

/** Like `array`, but null for an empty array. */
export function textArrayOrNull(values: readonly string[]): string | null {
  return values.length === 0 ? null : array(values)
}

function element(value: string | number | boolean | null | undefined): string {
  if (value == null) return 'NULL'
  if (typeof value !== 'string') return String(value)
  return `"${value.includes('"') || value.includes('\\') ? value.replace(/["\\]/g, '\\$&') : value}"`
}
