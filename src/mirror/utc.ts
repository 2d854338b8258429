/** The SQL that prints a time as ISO 8601 in UTC with exactly six decimals, so that such strings compare as the times do. */
export const utc = (expression: string): string =>
  `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
