/**
 * Times inside the graph are strings: ISO 8601 in UTC with six decimals, so that none loses its microseconds and two of them compare as strings.
 */
import { badValue } from './bad-input.ts'

const shape =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d+))?(?:Z|(?<offset>[+-]\d\d:\d\d))$/i

const allowed = 'a time of RFC 3339, such as 2026-06-01T12:00:00Z or 2026-06-01T14:00:00.250+02:00'

/** What a caller wrote as RFC 3339, in UTC; decimals beyond the sixth are cut off. `name`: of the input, where it is no argument. Throws bad input. */
export function parseMoment(text: string, name?: string): string {
  const { year, month, day, hour, minute, second, fraction, offset } = shape.exec(text)?.groups ?? {}
  if (year === undefined) throw badValue(name, `must be ${allowed}`)
  const seconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // Date.parse lets the 30th of February pass as the 2nd of March, and 24:00 as the next day's midnight.
  const exists = !Number.isNaN(seconds) && new Date(seconds).toISOString().startsWith(`${year}-${month}-${day}T${hour}`)
  if (!exists) throw badValue(name, `must name a day and an hour that exist; expected ${allowed}`)
  const moment = withSeconds(seconds - offsetMilliseconds(offset, name), (fraction ?? '').slice(0, 6))
  if (moment === undefined) throw badValue(name, `must lie within the years 1 to 9999; expected ${allowed}`)
  return moment
}

/** The time so many minutes later. */
export function minutesAfter(moment: string, minutes: number): string {
  const [seconds = '', fraction = ''] = moment.replace('Z', '').split('.')
  return withSeconds(Date.parse(`${seconds}Z`) + minutes * 60_000, fraction) ?? moment
}

/** Whether the time has come, or had by another. */
export function isPast(moment: string, by = new Date().toISOString().replace('Z', '999Z')): boolean {
  return moment <= by
}

function withSeconds(milliseconds: number, fraction: string): string | undefined {
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) return undefined
  return `${date.toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}Z`
}

function offsetMilliseconds(offset: string | undefined, name: string | undefined): number {
  if (offset === undefined) return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(4))
  if (hours > 23 || minutes > 59) throw badValue(name, `must have an offset up to 23:59; expected ${allowed}`)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
