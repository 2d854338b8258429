/** Times on the command line: ISO 8601, or relative to now. */

/** A time, or a number of seconds before now. */
export type TimeArgument = { readonly at: string } | { readonly secondsAgo: number }

export const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

/** Undefined if the text is not a time. */
export function timeArgument(text: string): TimeArgument | undefined {
  const [, count, unit = ''] = /^-(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count !== undefined) return { secondsAgo: Number(count) * (unitSeconds[unit] ?? 0) }
  const [, day, time = 'T00:00:00', offset = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? []
  const isDay = day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  if (isDay && !Number.isNaN(Date.parse(`${day}${time}${offset}`))) return { at: `${day}${time}${offset}` }
  return undefined
}

export function timeProblem(option: string, text: string): string {
  return `${option} is "${text}", but must be an ISO 8601 time such as 2026-06-01T08:00:00Z, or relative such as -30m, -12h or -7d.`
}

/** parseArgs accepts a value that begins with a hyphen only after an equals sign. */
export function withJoinedTimes(args: readonly string[], options: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of args) {
    const before = joined.at(-1) ?? ''
    if (/^-\d/.test(word) && options.includes(before)) joined.splice(-1, 1, `${before}=${word}`)
    else joined.push(word)
  }
  return joined
}
