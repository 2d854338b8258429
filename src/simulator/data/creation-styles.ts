/** The ways in which a vendor spells, or misreports, the creation time of an account. */
import { z } from 'zod'

export const creationStyleSchema = z.enum([
  'plain',
  /** Truncated to seconds. */
  'noFraction',
  /** Six fractional digits. */
  'microseconds',
  /** UTC without a time zone. */
  'noZone',
  /** The same time in the zone +02:00. */
  'offset',
  /** Two hours late, labeled UTC: a lost time zone. */
  'hoursOff',
  /** The zero value of a clock. */
  'yearOne',
  'absent',
  /** Not the creation, but the user's last activity. The switch `activity` moves it. */
  'lastActivity',
])

export type CreationStyle = z.infer<typeof creationStyleSchema>

const hourMs = 60 * 60_000
/** More than the largest difference between two time zones. */
const activityStepMs = 26 * hourMs + 7_000

export function shownCreation(createdAt: string, style: CreationStyle, activity: number): string | undefined {
  const at = (ms: number) => new Date(Date.parse(createdAt) + ms).toISOString()
  switch (style) {
    case 'plain':
      return createdAt
    case 'noFraction':
      return createdAt.replace(/\.\d+/, '')
    case 'microseconds':
      return at(0).replace('Z', '417Z')
    case 'noZone':
      return createdAt.replace('Z', '')
    case 'offset':
      return at(2 * hourMs).replace('Z', '+02:00')
    case 'hoursOff':
      return at(2 * hourMs)
    case 'yearOne':
      return '0001-01-01T00:00:00Z'
    case 'absent':
      return undefined
    case 'lastActivity':
      return at(activity * activityStepMs)
  }
}
