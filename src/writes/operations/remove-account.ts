import { NotFoundError } from '../../essentials/errors/not-found-error.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import { wordsOf } from '../failure-of-error.ts'
import { type AccountIdentity, compareAccounts } from '../same-account.ts'
import type { Settled, WriteSession } from '../session.ts'
import { unlessOdd } from '../unless-odd.ts'
import { concludeSettling } from '../unsettled.ts'
import { fieldsOfDeletion } from '../written-fields.ts'
import type { ItemRun } from './item-run.ts'

const settledBy = { SAME: 'NOT_DONE', OTHER: 'DONE', UNKNOWN: 'UNKNOWN' } as const

/** The account to delete. */
export interface Doomed extends AccountIdentity {
  readonly userId: number
  readonly primaryEmail: string
  readonly aliases?: readonly string[] | undefined
}

/**
 * Deletes the account, once, and waits until the vendor shows that it is gone: the mirror then has its tombstone. An address that has another
 * account by then is left alone. A deletion is sent again only if its answer was lost and the account is shown for some time afterwards, or if
 * it was accepted and waiting for it came to its end. An accepted deletion is complete once the vendor no longer shows the account, whatever its
 * answer is: the pulls find out whether the user is gone.
 */
export async function removeAccount(run: ItemRun, session: WriteSession, part: string, doomed: Doomed): Promise<void> {
  const { userId, primaryEmail, aliases = [], ...identity } = doomed
  const step = `${part}delete`
  const before = session.wasSent('delete')
  if (before && !before.unseen && !session.wasDone('delete')) {
    const reading = await unlessOdd(() => session.readAfter('END'))
    if (!reading) run.pauseUnlessOver(step, 'MAYBE_DELETED', 'the answer was lost, and the user cannot be read')
    if (reading?.found && compareAccounts(identity, reading.wire) === 'SAME') {
      run.pauseUnlessOver(step, 'MAYBE_DELETED', 'the answer was lost, and the user is still shown')
    }
  }
  let isResumed = before !== undefined
  try {
    await session.take({
      name: 'delete',
      facts: {
        userId,
        createdAt: identity.createdAt,
        ...(identity.digest !== undefined && { digest: identity.digest }),
      },
      writes: { fields: fieldsOfDeletion(aliases), forgets: true },
      send: (options) => {
        isResumed = false
        return session.client.deleteUser(primaryEmail, options)
      },
      async settle(): Promise<Settled> {
        const reading = await session.readAfter('END')
        if (!reading.found) return 'DONE'
        const settled = settledBy[compareAccounts(identity, reading.wire)]
        // Right after a lost answer, an account that is still shown proves nothing.
        return settled === 'NOT_DONE' && !isResumed ? 'UNKNOWN' : settled
      },
      // The deletion that was sent before was carried out.
      isDoneBy: (refusal) => before !== undefined && refusal instanceof NotFoundError,
    })
  } catch (error) {
    // Somebody else was faster: it is left to the pulls, as every deletion that is not ours.
    if (error instanceof NotFoundError) throw notFound(`The vendor has no user ${primaryEmail}${wordsOf(error)}`)
    throw error
  }
  const reading = await unlessOdd(() => session.readAfter('END'))
  if (!reading) return await concludeSettling(session, { kind: 'DELETE', userId })
  if (!reading.found) return
  const likeness = compareAccounts(identity, reading.wire)
  if (likeness === 'OTHER') return
  run.pauseUnlessOver(step, 'NOT_SHOWN', 'the user is still shown (200)')
  await session.doubt('delete')
  const outcomeUnknown = likeness === 'UNKNOWN'
  const accepted = `The vendor accepted the deletion of ${primaryEmail} (DELETE /users), and after 15 minutes`
  const message = outcomeUnknown
    ? `${accepted} its reads show an account there that may be the same or a new one: it has no createdAt. retryOperation reads it again`
    : `${accepted} its reads still show the user. retryOperation reads it again, and sends the deletion again if the user is still shown`
  const failure = { failure: 'VendorFailure', message, status: 200, outcomeUnknown } as const
  throw new WriteFailedError(failure, { final: true })
}
