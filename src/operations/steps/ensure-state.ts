import type { WireUser } from '../../vendor/wire/wire.ts'
import { replaceUser } from '../../writes/commands/update-user.ts'
import { WriteFailedError } from '../../writes/failure.ts'
import { isRefusal } from '../../writes/failure-of-error.ts'
import type { StepFacts } from '../../writes/session/journal.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { hasCarriedWord } from '../../writes/vendor/carried-fields.ts'
import { compareWritten, contradictionsIn } from '../../writes/vendor/compare-written.ts'
import { mergePatch, type VendorPatch } from '../../writes/vendor/merge-patch.ts'
import type { ItemRun } from '../runner/item-context.ts'
import { compareCarried, lostCarried, requireFound } from './compare-carried.ts'

export interface BringToOptions {
  readonly patchFor: (found: WireUser) => VendorPatch
  /**
   * Returns what the copy lacks of this item's earlier steps. Undefined if it lacks nothing, so that a PUT can be built
   * from it.
   */
  readonly lacks?: (found: WireUser) => string | undefined
  /** Called if the vendor refuses the change, for example because an address is in use. Pauses if waiting can help. */
  readonly onRefused?: () => Promise<void>
  /** The user must end up in no group, so a group that the PUT loses is not a loss. */
  readonly leavesGroups?: boolean
  /** More to keep in the journal with the PUT. */
  readonly facts?: StepFacts
}

/**
 * Applies the patch to the user with a whole PUT, unless the user already matches it. Waits until the vendor shows the
 * result, and returns the user in that state. Rejects with NotAsWritten if the vendor holds something else, or has lost
 * something that the PUT carried unchanged. The caller compares the memberships.
 */
export async function bringTo(
  run: ItemRun,
  session: WriteSession,
  part: string,
  { patchFor, lacks = () => undefined, onRefused = async () => {}, leavesGroups = false, facts }: BringToOptions,
): Promise<{ readonly userId: number; readonly wire: WireUser }> {
  const before = await requireFound(run, session, `${part}replace`)
  const patch = patchFor(before.wire)
  const differs = compareWritten(patch, before.wire).length > 0
  let isImmediate = false
  if (!session.wasStepDone('replace') && (differs || session.wasStepSent('replace'))) {
    const missing = differs ? lacks(before.wire) : undefined
    if (differs && !(await session.isUpToDate(before))) {
      run.pauseUnlessOver(`${part}replace`, 'OLD_COPY', 'the user does not show an earlier write')
    }
    if (missing !== undefined) run.pauseUnlessOver(`${part}replace`, 'OLD_COPY', missing)
    // The patch does not apply yet, so the outcome of an earlier request does not matter. This request carries what was
    // read now, so it is safe to send.
    if (differs && session.wasStepSent('replace')) await session.forgetStep('replace')
    try {
      isImmediate = await replaceUser(session, before, mergePatch(before.wire.raw, patch), patch, facts)
    } catch (error) {
      if (isRefusal(error) || (error instanceof WriteFailedError && isRefusal(error.cause))) await onRefused()
      throw error
    }
  }
  const after = await requireFound(run, session, `${part}replace`)
  const sent = session.wasStepSent('replace')
  const fields =
    sent === undefined
      ? compareWritten(patch, after.wire)
      : contradictionsIn(patch, after.wire, hasCarriedWord(sent.carried, after.wire))
  if (fields.length === 0) {
    await compareCarried(run, session, part, 'replace', patch, after, { isImmediate, leavesGroups })
    return after
  }
  run.pauseUnlessOver(`${part}replace`, 'NOT_SHOWN', `the user differs in ${fields.join(', ')}`)
  // The retry sends a new request, which carries what is there by then, so this is the only report of what was lost.
  const carried = lostCarried(session, 'replace', patch, after, { isImmediate, leavesGroups })
  const lost = carried.filter((field) => !fields.includes(field))
  await session.forgetStep('replace')
  const also = lost.length > 0 ? ` It did not keep ${lost.join(', ')} either: restore them.` : ''
  const message = `The vendor accepted the change (PUT /users), but after 15 minutes still shows other values in ${fields.join(', ')}.${also} retryOperation sends it again`
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields: [...fields, ...lost], userId: after.userId })
}
