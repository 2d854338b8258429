/**
 * Creates the account of an item once, at a vendor that may show it late. The vendor gives an address to one account
 * only, so resending a POST whose answer was lost cannot create a second account. The vendor refuses it, and the
 * existing account is then compared with the request.
 *
 * `lost create` in the journal: an earlier POST may have been carried out. The row stays until the item's steps are
 * deleted, because it changes the meaning of a 409.
 */

import { wasFreed } from '../../sync/point-read/recent-writes.ts'
import type { NewUser } from '../../vendor/adapter.ts'
import { AlreadyExistsError } from '../../vendor/errors/rejection-errors.ts'
import { requireDomain } from '../../writes/commands/create-account.ts'
import { WriteFailedError } from '../../writes/failure.ts'
import { isRefusal, wordsOf } from '../../writes/failure-of-error.ts'
import { bearerId, liveUserId } from '../../writes/queries.ts'
import { exemptFromSync } from '../../writes/session/exempt-from-sync.ts'
import { creationOf, recognize } from '../../writes/session/same-account.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import type { Settled } from '../../writes/session/step.ts'
import { contradictionsIn } from '../../writes/vendor/compare-written.ts'
import { patchOf } from '../../writes/vendor/to-vendor.ts'
import { fieldsOfCreation } from '../../writes/vendor/written-fields.ts'
import type { ItemRun } from '../runner/item-context.ts'
import { keepLost, lostCreate, readTakenBack } from '../runner/item-journal.ts'

/**
 * Resolves once the vendor has accepted the account, or shows it as requested. Rejects if another client created it, or
 * if it was not created.
 */
export async function createOnce(run: ItemRun, session: WriteSession, part: string, body: NewUser): Promise<void> {
  const { sql, client, organizationId } = session
  const sent = session.wasStepSent('create')
  const lost = session.wasStepSent(lostCreate) ?? (session.wasStepDone('create') ? undefined : sent)
  if (lost && !session.wasStepSent(lostCreate)) await keepLost(run.sql, run.item, part + lostCreate, lost)
  // The account that the mirror had before the first POST. By now, the mirror may have the one that this step created.
  const userId = lost ? (lost.userId ?? null) : await liveUserId(sql, organizationId, body.primaryEmail)
  await requireDomain(session, body.primaryEmail)
  await exemptFromSync(session, 'create')
  let isResumed = sent !== undefined
  try {
    const refusal = await session.take({
      name: 'create',
      facts: { userId },
      writes: { fields: fieldsOfCreation(body), forgets: true },
      send: (options) => {
        isResumed = false
        return client.createUser(body, options)
      },
      async settle(): Promise<Settled> {
        const reading = await session.readAfter()
        // Immediately after a lost answer, a 404 proves nothing. In a later attempt, the POST is sent again.
        if (!reading.found) return isResumed ? 'NOT_DONE' : 'UNKNOWN'
        if (reading.userId === userId) {
          // Without a creation time and a number, a new account cannot be distinguished from one that the mirror did not know to be
          // gone.
          if (creationOf(reading.wire) === undefined && reading.wire.vendorId === undefined) return 'UNKNOWN'
          throw await alreadyExists(session, body)
        }
        return contradictionsIn(patchOf(body), reading.wire).length === 0 ? 'DONE' : 'UNKNOWN'
      },
      isDoneBy: (refused) => lost !== undefined && refused instanceof AlreadyExistsError,
    })
    if (refusal) await confirmOwn(run, session, part, body, userId, refusal)
  } catch (error) {
    const isTaken = error instanceof AlreadyExistsError
    if (!isTaken && !(isRefusal(error) && (await isFreed(run, session, body)))) throw error
    await waitForAddress(run, session, part, body)
    throw isTaken ? await alreadyExists(session, body, error) : error
  }
}

/**
 * A resent POST was rejected because the address is in use. It succeeded if the account at the address matches the
 * request: the earlier POST created that account.
 */
async function confirmOwn(
  run: ItemRun,
  session: WriteSession,
  part: string,
  body: NewUser,
  userId: number | null,
  refusal: Error,
): Promise<void> {
  const reading = await session.readAfter()
  if (reading.found && reading.userId !== userId && contradictionsIn(patchOf(body), reading.wire).length === 0) return
  await session.forgetStep('create')
  const error = refusal instanceof AlreadyExistsError ? refusal : undefined
  if (!reading.found) {
    run.pauseUnlessOver(
      `${part}create`,
      'NOT_SHOWN',
      'the address is rejected as already in use, and the user is not found (404)',
    )
  }
  throw await alreadyExists(session, body, error)
}

/**
 * Returns whether a write of this system has recently freed one of the addresses. If so, any refusal, however worded,
 * may mean that the address is still in use.
 */
async function isFreed(run: ItemRun, { sql, organizationId }: WriteSession, body: NewUser): Promise<boolean> {
  if (await readTakenBack(run.sql, run.item)) return true
  return await wasFreed(sql, organizationId, addressesOf(body))
}

/**
 * Waits for an address, because the vendor may free the addresses of a deleted account late. Returns if waiting cannot
 * help, or once all pauses are over.
 */
async function waitForAddress(run: ItemRun, session: WriteSession, part: string, body: NewUser): Promise<void> {
  const takenBack = await readTakenBack(run.sql, run.item)
  const reading = await session.readAgain()
  const isOwnGhost = reading.found && takenBack && (await recognize(session, takenBack, reading.wire)) === 'SAME'
  if (reading.found && !isOwnGhost) return
  const { sql, organizationId } = session
  if (!reading.found && (await bearerId(sql, organizationId, addressesOf(body))) !== null) return
  const seen = reading.found ? 'the account that was deleted is still shown' : 'the user is not found (404)'
  const why = takenBack ? 'ADDRESS_HELD' : 'ADDRESS_TAKEN'
  run.pauseUnlessOver(`${part}create`, why, `the address is rejected as already in use, and ${seen}`)
}

/**
 * Identifies the user that has the address for the answer: the account at the address, or the user that has one of the
 * addresses in the mirror.
 */
async function alreadyExists(
  session: WriteSession,
  body: NewUser,
  error?: AlreadyExistsError,
): Promise<WriteFailedError> {
  const { sql, organizationId } = session
  const { primaryEmail } = body
  const reading = await session.readAgain().catch(() => undefined)
  if (reading?.found) {
    const message = `The user ${primaryEmail} already exists${wordsOf(error)}`
    return new WriteFailedError({ failure: 'AlreadyExists', message, userId: reading.userId }, { cause: error })
  }
  const addresses = addressesOf(body)
  const userId = await bearerId(sql, organizationId, addresses)
  const message = `${addresses.join(' or ')} is already in use by another user${wordsOf(error)}`
  return new WriteFailedError({ failure: 'AlreadyExists', message, userId }, { cause: error })
}

function addressesOf({ primaryEmail, aliases }: NewUser): string[] {
  return [primaryEmail, ...(Array.isArray(aliases) ? (aliases as string[]) : [])]
}
