/** The ways in which a vendor spells, or mistakes, the time of an account's creation. */
import { z } from 'zod'

export const creationStyleSchema = z.enum([
  'plain',
  /** Cut to seconds. */
  'noFraction',
  /** Six digits of fraction. */
  'microseconds',
  /** UTC, and does not say so. */
  'noZone',
  /** The same moment in the zone +02:00. */
  'offset',
  /** Two hours late, as UTC: a zone that was lost. */
  'hoursOff',
  /** The zero of a clock. */
  'yearOne',
  'absent',
  /** Not the creation, but when the user was last there; the switch `activity` moves it. */
  'lastActivity',
])

export type CreationStyle = z.infer<typeof creationStyleSchema>

const hourMs = 60 * 60_000
/** Further than any two zones are apart. */
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
