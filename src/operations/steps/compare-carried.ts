import { notFound, WriteFailedError } from '../../writes/failure.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { lacksUnresolved, lostOf } from '../../writes/vendor/carried-fields.ts'
import type { VendorPatch } from '../../writes/vendor/merge-patch.ts'
import type { Found, ItemRun } from '../runner/item-context.ts'
import { keepCompared } from '../runner/item-journal.ts'

/**
 * Compares the values that a PUT sent back unchanged with a copy that shows the PUT. Each attempt compares until a copy
 * has all of them. Rejects with NotAsWritten if the vendor lost some. The caller restores the memberships that the
 * mirror can identify. `isImmediate`: this attempt sent the PUT. `leavesGroups`: the other memberships must end, too.
 */
export async function compareCarried(
  run: ItemRun,
  session: WriteSession,
  part: string,
  step: 'complete' | 'replace',
  patch: VendorPatch,
  after: Found,
  { isImmediate, leavesGroups = false }: { readonly isImmediate: boolean; readonly leavesGroups?: boolean },
): Promise<void> {
  const { carried, compared } = session.wasStepSent(step) ?? {}
  if (!carried || compared) return
  const lost = lostCarried(session, step, patch, after, { isImmediate, leavesGroups })
  if (lost.length > 0) run.pauseUnlessOver(part + step, 'OTHER', `the user lacks ${lost.join(', ')}`)
  // A loss stays open: a retry compares again, and succeeds once the values have been restored.
  if (lost.length === 0) return await keepCompared(run.sql, run.item, part + step)
  const message = `The vendor accepted the change (PUT /users), which carried ${lost.join(', ')} unchanged, but did not keep the values. Restore them, then call retryOperation`
  const failure = { failure: 'NotAsWritten', message, fields: lost, userId: after.userId } as const
  throw new WriteFailedError(failure, { final: true })
}

/** The fields that the PUT sent back unchanged and that the copy does not have. */
export function lostCarried(
  session: WriteSession,
  step: 'complete' | 'replace',
  patch: VendorPatch,
  after: Found,
  { isImmediate, leavesGroups = false }: { readonly isImmediate: boolean; readonly leavesGroups?: boolean },
): string[] {
  const { carried, compared } = session.wasStepSent(step) ?? {}
  if (!carried || compared) return []
  return [
    ...lostOf(carried, patch, after.wire, isImmediate),
    ...(!leavesGroups && lacksUnresolved(carried, after.wire) ? ['groups'] : []),
  ].filter((field) => !(leavesGroups && field === 'groups'))
}

/** Returns the user as the vendor shows it. A 404 counts only after some pauses, because the user was shown before. */
export async function requireFound(run: ItemRun, session: WriteSession, step: string): Promise<Found> {
  const reading = await session.readAfter()
  if (reading.found) return reading
  run.pauseUnlessOver(step, 'OTHER', 'the user is not found (404)')
  throw notFound(`The vendor no longer has the user ${session.primaryEmail}`)
}
