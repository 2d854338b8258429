import { AlreadyExistsError } from '../../essentials/errors/already-exists-error.ts'
import { InvalidInputError } from '../../essentials/errors/invalid-input-error.ts'
import type { WireUser } from '../../essentials/wire.ts'
import { compareWritten, lostSince } from '../compare-written.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import { mergePatch, type VendorPatch } from '../merge-patch.ts'
import type { WriteSession } from '../session.ts'
import { replaceUser } from '../update-user.ts'
import type { ItemRun } from './item-run.ts'

export interface BringToOptions {
  readonly patchFor: (found: WireUser) => VendorPatch
  /** What the copy lacks of this item's earlier steps; undefined: nothing, so a PUT can be built from it. */
  readonly lacks?: (found: WireUser) => string | undefined
  /** Called where an address is refused as taken: pauses where waiting can help. */
  readonly onTaken?: () => Promise<void>
}

/**
 * Makes the patch true of the user by a whole PUT, unless it is so already, and waits until the vendor shows it: the user as it is then.
 * Rejects with NotAsWritten where the vendor holds something else; whoever tries again sends it again. The same where the PUT lost something
 * that it carried. Memberships are the caller's to look after.
 */
export async function bringTo(
  run: ItemRun,
  session: WriteSession,
  part: string,
  { patchFor, lacks = () => undefined, onTaken = async () => {} }: BringToOptions,
): Promise<{ readonly userId: number; readonly wire: WireUser }> {
  const before = await found(session)
  const patch = patchFor(before.wire)
  const differs = compareWritten(patch, before.wire).length > 0
  if (!session.wasDone('replace') && (differs || session.wasSent('replace'))) {
    const missing = differs ? lacks(before.wire) : undefined
    if (differs && !(await session.isUpToDate(before))) {
      run.pauseUnlessOver(`${part}replace`, 'OLD_COPY', 'the user does not show an earlier write')
    }
    if (missing !== undefined) run.pauseUnlessOver(`${part}replace`, 'OLD_COPY', missing)
    // The patch is not true, whatever became of an earlier request: this one carries what was read now, so it can be sent.
    if (differs && session.wasSent('replace')) await session.disown('replace')
    try {
      await replaceUser(session, before, mergePatch(before.wire.raw, patch), patch)
    } catch (error) {
      if (saysTaken(error) || (error instanceof WriteFailedError && saysTaken(error.cause))) await onTaken()
      throw error
    }
  }
  const after = await found(session)
  const fields = compareWritten(patch, after.wire)
  const lost = fields.length === 0 ? lostSince(session.wasSent('replace')?.held ?? [], patch, after.wire) : []
  if (lost.length > 0) throw await lossOf(session, lost, after.userId)
  if (fields.length === 0) return after
  run.pauseUnlessOver(`${part}replace`, 'NOT_SHOWN', `it differs in ${fields.join(', ')}`)
  await session.disown('replace')
  const message = `The vendor accepted the change (PUT /users), but after 15 minutes its reads show something else in ${fields.join(', ')}. retryOperation sends it again`
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId: after.userId })
}

/** A PUT carries the whole user, and a vendor may lose a part of it without a word. Whoever tries again takes the user as it is by then. */
async function lossOf(session: WriteSession, fields: readonly string[], userId: number): Promise<WriteFailedError> {
  await session.disown('replace')
  const names = fields.join(', ')
  const message = `The change was carried out (PUT /users). The request carried ${names} unchanged, and the vendor lost it: restore it at the vendor, then call retryOperation`
  return new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId })
}

/** A 409, or a 400 in words that mean the same. */
function saysTaken(error: unknown): boolean {
  if (error instanceof AlreadyExistsError) return true
  return (
    error instanceof InvalidInputError &&
    /\balready\b|\btaken\b|\bin use\b|\bduplicate/i.test(error.vendorMessage ?? '')
  )
}

async function found(session: WriteSession) {
  const reading = await session.readAfter()
  if (reading.found) return reading
  throw notFound(`The vendor has no user ${session.primaryEmail} any more`)
}
