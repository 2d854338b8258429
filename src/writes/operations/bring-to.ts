import type { WireUser } from '../../essentials/wire.ts'
import { compareWritten } from '../compare-written.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import { mergePatch, type VendorPatch } from '../merge-patch.ts'
import type { WriteSession } from '../session.ts'
import { replaceUser } from '../update-user.ts'

/**
 * Makes the patch true of the user by a whole PUT, unless it is so already, and reads it again: the user as it is then. Rejects with
 * NotAsWritten where the vendor holds something else; whoever tries again sends it again.
 */
export async function bringTo(
  session: WriteSession,
  patchFor: (found: WireUser) => VendorPatch,
): Promise<{ readonly userId: number; readonly wire: WireUser }> {
  const before = await found(session)
  const patch = patchFor(before.wire)
  const differs = compareWritten(patch, before.wire).length > 0
  if (differs || session.wasSent('replace')) {
    // The patch is not true, whatever became of an earlier request: this one carries what was read now, so it can be sent.
    if (differs && session.wasSent('replace')) await session.disown('replace')
    await replaceUser(session, before, mergePatch(before.wire.raw, patch), patch)
  }
  const after = await found(session)
  const fields = compareWritten(patch, after.wire)
  if (fields.length === 0) return after
  await session.disown('replace')
  const message = `The vendor took the change, but holds something else in ${fields.join(', ')}`
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId: after.userId })
}

async function found(session: WriteSession) {
  const reading = await session.readAfter()
  if (reading.found) return reading
  throw notFound(`The vendor has no user ${session.primaryEmail} any more`)
}
