/** The spellings of createdAt that a run may use: each shows the creation time, or no time. */

import { type CreationStyle, shownCreation } from '../../../src/simulator/data/creation-styles.ts'
import { normalizeTimestamp } from '../../../src/vendor/wire/timestamp.ts'

export const readSpellings = [
  'plain',
  'noFraction',
  'microseconds',
  'noZone',
  'offset',
  'hoursOff',
] as const satisfies readonly CreationStyle[]
/** Lists may leave it out, or show another time in its place, because point reads show it. */
export const listSpellings = [
  ...readSpellings,
  'yearOne',
  'absent',
  'lastActivity',
] as const satisfies readonly CreationStyle[]

export const plainly: ReadonlySet<CreationStyle> = new Set(['plain'])

/** Whether the mirror's value is one of the spellings that the vendor has used. */
export function isSpelled(shown: unknown, createdAt: string, styles: ReadonlySet<CreationStyle>): boolean {
  const spelled = [...styles].flatMap((style) =>
    style === 'lastActivity'
      ? Array.from({ length: mostActivity + 1 }, (_, activity) => shownCreation(createdAt, style, activity))
      : [shownCreation(createdAt, style, 0)],
  )
  return spelled.some((one) => one !== undefined && normalizeTimestamp(one) === shown)
}

/** How often all users of a run are active at most. */
export const mostActivity = 5
