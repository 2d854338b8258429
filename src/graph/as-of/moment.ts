/**
 * Times are strings within the graph: ISO 8601 in UTC with six decimals, so that microseconds are kept and two times
 * compare as strings.
 */
import { badValue } from '../core/user-input-error.ts'

const shape =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d+))?(?:Z|(?<offset>[+-]\d\d:\d\d))$/i

const allowed = 'an RFC 3339 time, such as 2026-06-01T12:00:00Z or 2026-06-01T14:00:00.250+02:00'

/**
 * Parses an RFC 3339 time to UTC. Decimals beyond the sixth are truncated. `name`: the name of the input, if it is not
 * an argument. Throws bad input.
 */
export function parseMoment(text: string, name?: string): string {
  const { year, month, day, hour, minute, second, fraction, offset } = shape.exec(text)?.groups ?? {}
  if (year === undefined) throw badValue(name, `must be ${allowed}`)
  const seconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // Date.parse accepts 30 February as 2 March, and 24:00 as midnight of the next day.
  const exists = !Number.isNaN(seconds) && new Date(seconds).toISOString().startsWith(`${year}-${month}-${day}T${hour}`)
  if (!exists) throw badValue(name, `must be an existing day and hour; expected ${allowed}`)
  const moment = withSeconds(seconds - offsetMilliseconds(offset, name), (fraction ?? '').slice(0, 6))
  if (moment === undefined) throw badValue(name, `must be within the years 1 to 9999; expected ${allowed}`)
  return moment
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
  if (hours > 23 || minutes > 59) throw badValue(name, `must have an offset of at most 23:59; expected ${allowed}`)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
