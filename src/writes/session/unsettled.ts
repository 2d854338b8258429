import { forgetUnsettled, noteUnsettled, type UnsettledWrite } from '../../mirror/unsettled-writes.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { isOddAnswer } from '../../vendor/odd-answer.ts'
import { WriteFailedError } from '../failure.ts'
import type { WriteSession } from './session.ts'

/** The note for a caller whose write the vendor accepted and does not show yet. */
export const notShownYet =
  'The vendor accepted the write, but does not show it yet. The mirror keeps reading the user for 15 minutes'

/**
 * Lets the sync continue to read a user whose last write is not shown yet. `unsettled`: undefined if the write is
 * shown.
 */
export async function concludeSettling(
  { sql, organizationId, primaryEmail, actor, sentAccount }: WriteSession,
  unsettled: (Pick<UnsettledWrite, 'kind'> & { readonly userId?: number | null }) | undefined,
): Promise<void> {
  if (!unsettled) return await forgetUnsettled(sql, organizationId, primaryEmail, { deletions: sentAccount })
  const { kind, userId = null } = unsettled
  await noteUnsettled(sql, { organizationId, primaryEmail, kind, userId, actor })
}

/**
 * Returns a reading after a deletion. Undefined if the vendor's answer proves neither that the user exists nor that it
 * is gone: for a deleted user, some vendors answer 400, 403, 412, or 200 with an error in the body.
 */
export async function unlessOdd<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof WriteFailedError && error.cause instanceof EssentialsError && isOddAnswer(error.cause)) return
    throw error
  }
}
