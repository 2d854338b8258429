import { EssentialsError } from '../../essentials/errors/essentials-error.ts'
import { WriteFailedError, type WriteFailure } from '../failure.ts'

/** After a failure that may be this item's own, though it may pass. */
const itsOwnMs = [1_000, 5_000, 20_000]
/** After one that all items would have: the vendor gave no answer, or its gateway did. A quarter of an hour in all. */
const awayMs = [...itsOwnMs, ...Array<number>(15).fill(60_000)]
const gatewayStatuses = [502, 503, 504]

const aMinute = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/** The pauses before each further reading of a user who does not show a write yet, in ms, by what the reading showed. */
export const readingPauses = {
  /** The state before a write that the vendor accepted. A quarter of an hour in all. */
  NOT_SHOWN: [...aMinute, ...Array<number>(14).fill(60_000)],
  /** An address is refused as taken, and the account that had it was deleted by this item. */
  ADDRESS_HELD: [...aMinute, ...Array<number>(14).fill(60_000)],
  /** An address is refused as taken, and nobody is known to have it. */
  ADDRESS_TAKEN: aMinute,
  /** A copy that a PUT is to be built from, and that lacks an earlier write. After this time the vendor's copy counts. */
  OLD_COPY: aMinute,
  /** The state before a deletion whose answer was lost. After this time it is sent again. */
  MAYBE_DELETED: [1_000, 3_000, 6_000],
  /** A state that is neither the one before the write nor the one that was written. */
  OTHER: [500, 1_000, 2_000, 4_000, 8_000],
  /** An account with another `createdAt` at the address: it was re-created, or the vendor's time moves. */
  REPLACED: [1_000, 3_000, 6_000],
} as const satisfies Record<string, readonly number[]>

export type ReadingPause = keyof typeof readingPauses

/** How long an item waits after so many failures before this one; undefined: it has waited often enough, and has failed. */
export function waitAfter(error: unknown, failure: WriteFailure, failuresBefore: number): number | undefined {
  return (isVendorAway(error, failure) ? awayMs : itsOwnMs)[failuresBefore]
}

function isVendorAway(error: unknown, failure: WriteFailure): boolean {
  // What is no answer of the vendor's is an error of ours.
  if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) return false
  return failure.failure === 'VendorFailure' && (failure.status === null || gatewayStatuses.includes(failure.status))
}
