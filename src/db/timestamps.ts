/**
 * Converts a time printed by Postgres in UTC, such as `2026-06-01 00:00:00.12+00` without trailing zeros, to ISO 8601
 * with six fractional digits, so that times compare as strings.
 */
export function isoOf(printed: string): string {
  const [day, time = ''] = printed.replace('+00', '').split(/[ T]/)
  if (day === undefined || time === '') return printed
  const [seconds = '', fraction = ''] = time.replace('Z', '').split('.')
  return `${day}T${seconds}.${fraction.padEnd(6, '0')}Z`
}

export function isoOrNull(printed: string | null): string | null {
  return printed === null ? null : isoOf(printed)
}

/** The earlier of two times. Null counts as earlier than any time. */
export function earlierOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null
  return a < b ? a : b
}

/** The later of two times. Null counts as earlier than any time. */
export function laterOf(a: string | null, b: string | null): string | null {
  if (a === null) return b
  return b === null || a > b ? a : b
}

/**
 * SQL that formats a time as ISO 8601 in UTC with exactly six fractional digits, so that the strings compare like the
 * times.
 */
export const utc = (expression: string): string =>
  `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
