import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { WriteFailedError, type WriteFailure } from '../../writes/failure.ts'

/** Pauses after a failure that may be specific to this item, and may pass. */
const itsOwnMs = [1_000, 5_000, 20_000]
/**
 * Pauses after a failure that affects all items: the vendor did not answer, or its gateway answered instead. 15 minutes
 * in total.
 */
const awayMs = [...itsOwnMs, ...Array<number>(15).fill(60_000)]
const gatewayStatuses = [502, 503, 504]

const aMinute = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/**
 * The pauses before each further reading of a user that does not show a write yet, in ms, by what the reading showed.
 */
export const readingPauses = {
  /** The state before a write that the vendor accepted. 15 minutes in total. */
  NOT_SHOWN: [...aMinute, ...Array<number>(14).fill(60_000)],
  /** An address is rejected as already in use, and this item deleted the account that had it. */
  ADDRESS_HELD: [...aMinute, ...Array<number>(14).fill(60_000)],
  /** An address is rejected as already in use, and no user is known to have it. */
  ADDRESS_TAKEN: aMinute,
  /**
   * A copy that a PUT will be built from, and that lacks an earlier write. After this time, the vendor's copy counts.
   */
  OLD_COPY: aMinute,
  /** The state before a deletion whose answer was lost. After this time, the deletion is sent again. */
  MAYBE_DELETED: [1_000, 3_000, 6_000],
  /** A state that is neither the one before the write nor the written one. */
  OTHER: [500, 1_000, 2_000, 4_000, 8_000],
  /** An account with another `createdAt` at the address: it was re-created, or the vendor has changed its createdAt. */
  REPLACED: [1_000, 3_000, 6_000],
} as const satisfies Record<string, readonly number[]>

export type ReadingPause = keyof typeof readingPauses

/**
 * Returns how long an item waits after this many earlier failures; undefined if it has waited often enough and has
 * failed.
 */
export function waitAfter(error: unknown, failure: WriteFailure, failuresBefore: number): number | undefined {
  return (isVendorAway(error, failure) ? awayMs : itsOwnMs)[failuresBefore]
}

function isVendorAway(error: unknown, failure: WriteFailure): boolean {
  // Any other error is an error of this server, not of the vendor.
  if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) return false
  return failure.failure === 'VendorFailure' && (failure.status === null || gatewayStatuses.includes(failure.status))
}
