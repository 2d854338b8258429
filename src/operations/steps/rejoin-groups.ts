import { WriteFailedError } from '../../writes/failure.ts'
import { groupsWithIds, type KnownGroup } from '../../writes/queries.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { joinGroup, joinStep } from '../../writes/vendor/memberships.ts'
import { isMember } from '../../writes/vendor/require-groups.ts'
import type { ItemRun } from '../runner/item-context.ts'

/**
 * Restores the memberships that a PUT lost: a vendor may show groups by name and accept only ids in a PUT. `after`: the
 * step of the PUT, which the vendor shows by now. Waits until the memberships are shown. Rejects with NotAsWritten if
 * they are not shown in time; the next attempt sends them again.
 */
export async function rejoinGroups(
  run: ItemRun,
  session: WriteSession,
  part: string,
  after: string,
  before: readonly KnownGroup[],
): Promise<void> {
  const facts = session.wasStepSent(after)
  if (facts === undefined) return
  // The account may also be in groups that were not requested, such as the vendor's default group.
  const carried = await groupsWithIds(session.sql, facts.groupIds ?? [])
  const groups = [...new Map([...before, ...carried].map((group) => [group.id, group])).values()]
  const lost = await missingIn(session, groups)
  for (const group of lost) await joinGroup(session, group, after)
  const [missing] = lost.length > 0 ? await missingIn(session, groups) : []
  if (!missing) return
  const names = lost.map(({ groupId }) => groupId).join(', ')
  run.pauseUnlessOver(part + joinStep(missing.groupId, after), 'NOT_SHOWN', `the user is not in ${names}`)
  for (const { groupId } of lost) await session.forgetStep(joinStep(groupId, after))
  const message = `The vendor's PUT removed the user from ${names}. The vendor accepted the user as a member again (POST), but does not show the membership`
  const { userId } = await session.readAfter()
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields: ['groups'], userId: userId ?? null })
}

async function missingIn(session: WriteSession, groups: readonly KnownGroup[]): Promise<KnownGroup[]> {
  const reading = await session.readAfter()
  return reading.found ? groups.filter((group) => isMember(reading.wire.groups, group) === false) : []
}
