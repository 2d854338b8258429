const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?)?$/

/**
 * Converts an ISO 8601 time in extended format to UTC with six fractional digits, `YYYY-MM-DDTHH:MM:SS.ffffffZ`, so
 * that text order equals time order. Further digits are cut. A time without an offset is taken as UTC. Returns
 * undefined for anything else, including days that do not exist.
 */
export function normalizeTimestamp(text: string): string | undefined {
  const match = iso.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = ''] = match
  const [offsetSign, offsetHours = '0', offsetMinutes = '0'] = match.slice(9)
  if (!isDay(Number(year), Number(month), Number(day))) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  if (offsetSign === undefined && second !== '60') {
    return `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`
  }
  const offset = (offsetSign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes))
  const moment =
    Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00.000Z`) + Number(second) * 1000 - offset * 60_000
  const seconds = new Date(moment).toISOString().slice(0, -'.000Z'.length)
  // Years above 9999 are longer, and years below 1 become 0000, which Postgres rejects.
  return seconds.length === 'YYYY-MM-DDTHH:MM:SS'.length && !seconds.startsWith('0000')
    ? `${seconds}.${micros}Z`
    : undefined
}

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || day < 1 || day > (daysOfMonth[month - 1] ?? 0)) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}
