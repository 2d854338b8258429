import { EssentialsError } from '../../essentials/errors/essentials-error.ts'
import { WriteFailedError, type WriteFailure } from '../failure.ts'

/** After a failure that may be this item's own, though it may pass. */
const itsOwnMs = [1_000, 5_000, 20_000]
/** After one that all items would have: the vendor gave no answer, or its gateway did. A quarter of an hour in all. */
const awayMs = [...itsOwnMs, ...Array<number>(15).fill(60_000)]
const gatewayStatuses = [502, 503, 504]

/** How long an item waits after so many failures before this one; undefined: it has waited often enough, and has failed. */
export function waitAfter(error: unknown, failure: WriteFailure, failuresBefore: number): number | undefined {
  return (isVendorAway(error, failure) ? awayMs : itsOwnMs)[failuresBefore]
}

function isVendorAway(error: unknown, failure: WriteFailure): boolean {
  // What is no answer of the vendor's is an error of ours.
  if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) return false
  return failure.failure === 'VendorFailure' && (failure.status === null || gatewayStatuses.includes(failure.status))
}
