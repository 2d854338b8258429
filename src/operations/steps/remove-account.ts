import { NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import { notFound, WriteFailedError } from '../../writes/failure.ts'
import { wordsOf } from '../../writes/failure-of-error.ts'
import { exemptFromSync } from '../../writes/session/exempt-from-sync.ts'
import { type AccountIdentity, recognize } from '../../writes/session/same-account.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import type { Settled } from '../../writes/session/step.ts'
import { concludeSettling, unlessOdd } from '../../writes/session/unsettled.ts'
import { fieldsOfDeletion } from '../../writes/vendor/written-fields.ts'
import type { ItemRun } from '../runner/item-context.ts'

/** The account to delete. */
export interface AccountToDelete extends AccountIdentity {
  readonly userId: number
  readonly primaryEmail: string
  readonly aliases?: readonly string[] | undefined
}

/**
 * Deletes the account once and waits until the vendor shows that it is gone; the mirror then has its tombstone.
 *
 * - If the address has another account by then, that account is not touched. It proves the deletion only if the vendor
 *   accepted the deletion.
 * - The deletion is sent again only if its answer was lost and the account is still shown some time later, or if it was
 *   accepted and the wait for its effect ended.
 * - An accepted deletion is complete once the vendor no longer shows the account, regardless of the status that it
 *   answers. The pulls find out whether the user is gone.
 */
export async function removeAccount(
  run: ItemRun,
  session: WriteSession,
  part: string,
  doomed: AccountToDelete,
): Promise<void> {
  const { userId, primaryEmail, aliases = [], ...identity } = doomed
  const step = `${part}delete`
  const before = session.wasStepSent('delete')
  if (before && !before.unseen && !session.wasStepDone('delete')) {
    const reading = await unlessOdd(() => session.readAfter('END'))
    if (!reading) run.pauseUnlessOver(step, 'MAYBE_DELETED', 'the response was lost, and the user cannot be read')
    const likeness = reading?.found ? await recognize(session, identity, reading.wire) : undefined
    if (likeness === 'SAME') {
      run.pauseUnlessOver(step, 'MAYBE_DELETED', 'the response was lost, and the user is still shown')
    }
    if (likeness === 'OTHER') {
      run.pauseUnlessOver(step, 'REPLACED', 'the response was lost, and an account with another createdAt is shown')
      throw replacedInDoubt(primaryEmail)
    }
  }
  await exemptFromSync(session, 'delete')
  let isResumed = before !== undefined
  try {
    await session.take({
      name: 'delete',
      facts: {
        userId,
        createdAt: identity.createdAt,
        ...(identity.vendorId !== undefined && { vendorId: identity.vendorId }),
        ...(identity.digest !== undefined && { digest: identity.digest, lastChange: identity.lastChange ?? null }),
      },
      writes: { fields: fieldsOfDeletion(aliases), forgets: true },
      send: (options) => {
        isResumed = false
        return session.client.deleteUser(primaryEmail, options)
      },
      async settle(): Promise<Settled> {
        const reading = await session.readAfter('END')
        if (!reading.found) return 'DONE'
        const likeness = await recognize(session, identity, reading.wire)
        // The vendor accepted the deletion, and the wait for its effect ended.
        if (likeness === 'OTHER' && before?.unseen) return 'DONE'
        // Immediately after a lost answer, an account that is still shown proves nothing.
        return likeness === 'SAME' && isResumed ? 'NOT_DONE' : 'UNKNOWN'
      },
      // An earlier deletion was carried out.
      isDoneBy: (refusal) => before !== undefined && refusal instanceof NotFoundError,
    })
  } catch (error) {
    // Another client deleted it first. The pulls record that deletion, like every deletion that this write did not
    // make.
    if (error instanceof NotFoundError) throw notFound(`The vendor has no user ${primaryEmail}${wordsOf(error)}`)
    throw error
  }
  const reading = await unlessOdd(() => session.readAfter('END'))
  if (!reading) return await concludeSettling(session, { kind: 'DELETE', userId })
  if (!reading.found) return
  const likeness = await recognize(session, identity, reading.wire)
  if (likeness === 'OTHER') {
    return run.pauseUnlessOver(step, 'REPLACED', 'an account with another createdAt is shown')
  }
  run.pauseUnlessOver(step, 'NOT_SHOWN', 'the user is still shown (200)')
  await session.doubt('delete')
  const outcomeUnknown = likeness === 'UNKNOWN'
  const accepted = `The vendor accepted the deletion of ${primaryEmail} (DELETE /users), but after 15 minutes`
  const message = outcomeUnknown
    ? `${accepted} still shows an account at that address, which may be the same or a new one, because it has no createdAt. retryOperation reads it again`
    : `${accepted} still shows the user. retryOperation reads the user again, and repeats the deletion if the vendor still shows the user`
  const failure = { failure: 'VendorFailure', message, status: 200, outcomeUnknown } as const
  throw new WriteFailedError(failure, { final: true })
}

/** Nothing proves whether the account was re-created after the deletion or its createdAt has changed. */
function replacedInDoubt(primaryEmail: string): WriteFailedError {
  const message = `It is unknown whether ${primaryEmail} was deleted: the response to DELETE /users was lost, and the address shows an account with another createdAt. If that account is the one to delete, or is not needed, delete it. Then call retryOperation`
  const failure = { failure: 'VendorFailure', message, status: null, outcomeUnknown: true } as const
  return new WriteFailedError(failure, { final: true })
}
