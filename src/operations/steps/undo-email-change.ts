import type { UserReading } from '../../sync/point-read/read-user.ts'
import { WriteFailedError } from '../../writes/failure.ts'
import { type AccountIdentity, identityOf, recognize } from '../../writes/session/same-account.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { unlessOdd } from '../../writes/session/unsettled.ts'
import type { ItemRun, Part, UserBefore } from '../runner/item-context.ts'
import { forgetSteps, keepSuccessor, lostCreate, readProgress } from '../runner/item-journal.ts'
import { removeAccount } from './remove-account.ts'

/**
 * Deletes the new account of a failed email change. A deletion needs proof of three things:
 *
 * 1. No deletion of the old account that may have been carried out was ever sent.
 * 2. The old address still has an account. An account with a different `createdAt` than was read is enough: nothing
 *    proves whether that time has changed, and in that case the new account is no longer completed.
 * 3. The new account is the one that this operation created: the vendor confirmed its creation, and its number,
 *    or its `createdAt`, is the one seen then.
 *
 * Without proof, nothing is deleted: the failure says which accounts exist, and what to do.
 */

/** The result of the undo after an item failed. */
export interface Undone {
  readonly takenBack: boolean
  /** Which accounts exist now, and what to do. Complete sentences. */
  readonly state: string
}

type Parts = readonly [Part, Part]

export async function undoEmailChange(run: ItemRun, parts: Parts): Promise<Undone> {
  return await run.sessions(parts, async (old, fresh) => {
    const { committed } = await readProgress(run.sql, run.item)
    const { kept } = run
    if (!committed && !fresh.wasStepSent('create') && !fresh.wasStepSent(lostCreate)) {
      return {
        takenBack: false,
        state: 'Nothing was changed at the vendor. Remove the cause, then call retryOperation.',
      }
    }
    if (committed || !kept) return { takenBack: false, state: await describe(run, old, fresh, kept) }
    const isDeleted = fresh.wasStepSent('delete') !== undefined
    const read = isDeleted ? await unlessOdd(() => fresh.readAfter('END')) : await fresh.readAgain()
    const successor = read ?? { found: false, userId: undefined }
    if (successor.found) await learnSuccessor(run, fresh)
    const { successor: created } = await readProgress(run.sql, run.item)
    const isOurs = await isThatAccount(fresh, successor, created)
    if (!isOurs && !fresh.wasStepSent('delete'))
      return { takenBack: false, state: await describe(run, old, fresh, kept) }
    if (isOurs && !(await old.readAgain()).found) {
      return { takenBack: false, state: await describe(run, old, fresh, kept) }
    }
    await takeBack(run, fresh, successor, created ?? { createdAt: null })
    const state = `The completed steps were undone: ${fresh.primaryEmail} was deleted again, and ${old.primaryEmail} was left unchanged. Remove the cause, then call retryOperation.`
    return { takenBack: true, state }
  })
}

/**
 * Finishes an undo that an earlier attempt began. That attempt may have deleted the new account and then failed.
 * Without this, the old account could be deleted while the deletion of the new one takes effect.
 */
export async function finishTakingBack(run: ItemRun, parts: Parts): Promise<void> {
  const [sent] = await run.sql`select from operation_steps where item_id = ${run.item.id} and step = 'new delete'`
  if (!sent) return
  const undone = await undoEmailChange(run, parts)
  if (undone.takenBack) return
  await run.sessions(parts, async (old, fresh) => {
    const predecessor = await old.readAgain()
    // Without an old account, no deletion follows, so the new account can be completed from what was read.
    if (!predecessor.found) return await fresh.forgetStep('delete')
    const message =
      'An earlier attempt started to delete the new account, and it is unknown whether that account is gone'
    const failure = { failure: 'VendorFailure', message, status: null, outcomeUnknown: true } as const
    throw new WriteFailedError(failure, { final: true })
  })
}

async function takeBack(
  run: ItemRun,
  fresh: WriteSession,
  successor: UserReading,
  created: AccountIdentity,
): Promise<void> {
  const { primaryEmail } = fresh
  const userId = successor.userId ?? fresh.wasStepSent('delete')?.userId ?? 0
  try {
    await removeAccount(run, fresh, 'new ', { userId, primaryEmail, ...created })
  } catch (error) {
    if (!(error instanceof WriteFailedError && error.failure.failure === 'NotFound')) throw error
  }
  await forgetSteps(run.sql, run.item, created)
}

async function isThatAccount(
  fresh: WriteSession,
  reading: UserReading,
  created: AccountIdentity | undefined,
): Promise<boolean> {
  return reading.found && created !== undefined && (await recognize(fresh, created, reading.wire)) === 'SAME'
}

/** Describes which of the two accounts exist now, and what an administrator must do to finish. */
async function describe(
  run: ItemRun,
  old: WriteSession,
  fresh: WriteSession,
  kept: UserBefore | undefined,
): Promise<string> {
  const { committed, successor: created } = await readProgress(run.sql, run.item)
  const [from, to] = [old.primaryEmail, fresh.primaryEmail]
  const [predecessor, successor] = [await readIfAnswered(old), await readIfAnswered(fresh)]
  if (!predecessor || !successor) {
    return `${from} and ${to} could not be read, so it is unknown which of them exist. Check both at the vendor before you change anything. Then call retryOperation.`
  }
  const likeness = predecessor.found && kept ? await recognize(old, identityOf(kept.wire), predecessor.wire) : 'GONE'
  const first = {
    SAME: `The old account ${from} still exists.`,
    OTHER: old.wasStepDone('delete')
      ? `The vendor accepted the deletion of the old account. Since then, another client has created a new account ${from} (at ${predecessor.found ? predecessor.wire.createdAt : ''}), which this operation does not touch.`
      : `There is an account ${from} with another createdAt than the old one had: either another client has created it since, or the vendor has changed its createdAt. This operation does not touch it.`,
    UNKNOWN: `There is an account ${from}; it is unknown whether it is the old one.`,
    GONE: `The old account ${from} is gone.`,
  }[likeness]
  const isOurs = await isThatAccount(fresh, successor, created)
  const second = !successor.found
    ? `There is no account ${to}.`
    : isOurs || (committed && created === undefined)
      ? `The new account ${to} exists, but may lack aliases or groups.`
      : `There is an account ${to}. It was not deleted, because this operation cannot prove that it created the account. If no other client needs it, delete it: the next attempt re-creates it.`
  const advice =
    likeness === 'OTHER'
      ? `If an address is rejected because the new ${from} has it, remove that account from the system that creates it (a directory sync, for example), and delete it.`
      : likeness === 'UNKNOWN'
        ? `If it is the old one, delete it once ${to} is complete.`
        : ''
  const next =
    'Remove the cause, then call retryOperation: it continues from here, with everything that was read from the old account.'
  return [first, second, advice, next].filter((sentence) => sentence !== '').join(' ')
}

async function readIfAnswered(session: WriteSession): Promise<UserReading | undefined> {
  try {
    return await session.readAgain()
  } catch (error) {
    if (error instanceof WriteFailedError) return undefined
    throw error
  }
}

/**
 * Records which account this item created, once the vendor shows it. Only the vendor's own confirmation proves that
 * this item created it.
 */
export async function learnSuccessor(run: ItemRun, fresh: WriteSession): Promise<void> {
  const created = fresh.wasStepSent('create')
  // Without an answer, a reading may have settled the step with an account that another client created.
  if (!created?.answered || created.unseen) return
  if ((await readProgress(run.sql, run.item)).successor !== undefined) return
  const reading = await fresh.readAfter()
  if (!reading.found) return
  const { createdAt, vendorId } = identityOf(reading.wire)
  if (createdAt !== null || vendorId !== undefined) await keepSuccessor(run.sql, run.item, { createdAt, vendorId })
}
