/**
 * When an account was created, as an identity. The vendor spells one moment in several ways: with and without a fraction, with and without a
 * zone, in another zone by a new release. Two spellings of one moment differ by a multiple of 15 minutes, up to 14 hours, and by less than the
 * coarser precision.
 */

const quarterHourMs = 15 * 60_000
const precisionMs = 1_000
/** No two zones are further from UTC than this. */
const widestZoneMs = 14 * 60 * 60_000

/** LATER and EARLIER: no spelling explains the difference. UNKNOWN: one of the two is not known. */
export type CreationOrder = 'SAME' | 'LATER' | 'EARLIER' | 'UNKNOWN'

/** How the creation that an answer shows relates to the one that is known. */
export function compareCreations(known: string | null, seen: string | null | undefined): CreationOrder {
  if (known === null || seen == null) return 'UNKNOWN'
  const difference = Date.parse(seen) - Date.parse(known)
  if (isExplained(Math.abs(difference))) return 'SAME'
  return difference > 0 ? 'LATER' : 'EARLIER'
}

function isExplained(ms: number): boolean {
  if (ms > widestZoneMs + precisionMs) return false
  const rest = ms % quarterHourMs
  return Math.min(rest, quarterHourMs - rest) <= precisionMs
}

/**
 * The creation as far as it identifies an account; undefined for a time that stands for none (year 1, the zero of a clock, year 9999), and for
 * one without seconds, which many accounts share.
 */
export function identifyingCreation(spelled: unknown, normalized: string | undefined): string | undefined {
  if (normalized === undefined) return undefined
  const year = Number(normalized.slice(0, 4))
  if (year < firstYear || year >= endOfYears) return undefined
  return typeof spelled === 'string' && !/\d\d:\d\d:\d\d/.test(spelled) ? undefined : normalized
}

/** No vendor of mailboxes keeps accounts that are older. The zeros of the clocks of Unix, Windows, DOS and spreadsheets lie before it. */
const firstYear = 1990
const endOfYears = 9000
