/**
 * SQL that formats a time as ISO 8601 in UTC with exactly six fractional digits, so that the strings compare like the
 * times.
 */
export const utc = (expression: string): string =>
  `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
