/**
 * The creation time of an account, as an identity. The vendor formats one moment in several ways: with and without a
 * fraction, with and without a zone, or in another zone after a release. Two formats of one moment differ by a multiple
 * of 15 minutes, up to 14 hours, and by less than the coarser precision.
 */

const quarterHourMs = 15 * 60_000
const precisionMs = 1_000
/** The largest difference that a time zone can explain. */
const widestZoneMs = 14 * 60 * 60_000

/** LATER and EARLIER: no format explains the difference. UNKNOWN: at least one of the times is unknown. */
export type CreationOrder = 'SAME' | 'LATER' | 'EARLIER' | 'UNKNOWN'

/** Compares the creation time in a response with the known one. */
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
 * Returns the creation time if it identifies an account. Undefined for placeholder times (year 1, the zero of a clock,
 * year 9999), and for times without seconds, which many accounts share.
 */
export function identifyingCreation(spelled: unknown, normalized: string | undefined): string | undefined {
  if (normalized === undefined) return undefined
  const year = Number(normalized.slice(0, 4))
  if (year < firstYear || year >= endOfYears) return undefined
  return typeof spelled === 'string' && !/\d\d:\d\d:\d\d/.test(spelled) ? undefined : normalized
}

/** No account is older. The epochs of Unix, Windows, DOS and spreadsheet clocks are before this year. */
const firstYear = 1990
const endOfYears = 9000
