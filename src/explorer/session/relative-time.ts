/** Times as a person types them: `-7d`, `-90m`, or an RFC 3339 time. */

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/** How to type a time, for the descriptions of inputs. */
export const timeFormats = 'such as -90m, -7d or 2026-06-01T12:00:00Z'

/** The time in RFC 3339. Undefined if the text is neither relative nor a time. */
export function momentOf(text: string, now: number): string | undefined {
  const typed = text.trim()
  const [, count, unit = ''] = /^-?(\d{1,6})([smhdw])$/.exec(typed) ?? []
  const time = count === undefined ? absolute(typed) : now - Number(count) * (secondsOf[unit] ?? 0) * 1_000
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

function absolute(text: string): number {
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
}
