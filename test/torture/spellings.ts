/** The spellings of createdAt that a run may use: each shows the creation time, or no time. */
import { normalizeTimestamp } from '../../src/essentials/timestamp.ts'
import { type CreationStyle, shownCreation } from '../../src/simulator/creation-styles.ts'

export const readSpellings = [
  'plain',
  'noFraction',
  'microseconds',
  'noZone',
  'offset',
  'hoursOff',
] as const satisfies readonly CreationStyle[]
/** Lists may leave it out, because point reads show it. */
export const listSpellings = [...readSpellings, 'yearOne', 'absent'] as const satisfies readonly CreationStyle[]

export const plainly: ReadonlySet<CreationStyle> = new Set(['plain'])

/** Whether the mirror's value is one of the spellings that the vendor has used. */
export function isSpelled(shown: unknown, createdAt: string, styles: ReadonlySet<CreationStyle>): boolean {
  return [...styles].some((style) => {
    const spelled = shownCreation(createdAt, style, 0)
    return spelled !== undefined && normalizeTimestamp(spelled) === shown
  })
}
