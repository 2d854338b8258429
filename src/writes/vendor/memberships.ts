import type { UserReading } from '../../sync/point-read/read-user.ts'
import type { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { AlreadyExistsError, NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import { notFound } from '../failure.ts'
import { wordsOf } from '../failure-of-error.ts'
import type { KnownGroup } from '../queries.ts'
import type { WriteSession } from '../session/session.ts'
import type { Shown } from '../session/settle.ts'
import type { Settled } from '../session/step.ts'
import { isMember } from './require-groups.ts'
import { membershipField } from './written-fields.ts'

/** `after`: the PUT that lost the membership, after which the group is joined again. */
export const joinStep = (groupId: string, after?: string) => `join ${groupId}${after ? ` after ${after}` : ''}`
export const leaveStep = (groupId: string) => `leave ${groupId}`

/**
 * Adds the user to the group once. An existing member stays. Returns the refusal that was taken to mean that the user
 * is already a member; the next reading proves whether that is true.
 */
export async function joinGroup(
  session: WriteSession,
  group: KnownGroup,
  after?: string,
): Promise<EssentialsError | undefined> {
  const { client, primaryEmail } = session
  try {
    return await session.take({
      name: joinStep(group.groupId, after),
      writes: { fields: [membershipField(group.groupId, true)] },
      send: (options) => client.addGroupMember(group.groupId, primaryEmail, options),
      settle: () => settle(session, group, true),
      isDoneBy: (refusal) => refusal instanceof AlreadyExistsError,
    })
  } catch (error) {
    if (error instanceof NotFoundError)
      throw notFound(`The vendor has no group ${group.groupId}, or no user ${primaryEmail}${wordsOf(error)}`)
    throw error
  }
}

/**
 * Removes the user from the group once. A user that is not a member stays out. Returns the refusal, like `joinGroup`.
 */
export async function leaveGroup(session: WriteSession, group: KnownGroup): Promise<EssentialsError | undefined> {
  const { client, primaryEmail } = session
  return await session.take({
    name: leaveStep(group.groupId),
    writes: { fields: [membershipField(group.groupId, false)] },
    send: (options) => client.removeGroupMember(group.groupId, primaryEmail, options),
    settle: () => settle(session, group, false),
    // The 404 may refer to the group, the user or the membership. The next reading decides.
    isDoneBy: (refusal) => refusal instanceof NotFoundError,
  })
}

/** A reading that does not show the user's groups counts as WRITTEN, because waiting cannot show more. */
export function showsMembership(group: KnownGroup, wanted: boolean): (reading: UserReading) => Shown {
  return (reading) => {
    if (!reading.found) return 'OTHER'
    return isMember(reading.wire.groups, group) === !wanted ? 'BEFORE' : 'WRITTEN'
  }
}

async function settle(session: WriteSession, group: KnownGroup, wanted: boolean): Promise<Settled> {
  const { value: reading, shown } = await session.poll(showsMembership(group, wanted))
  if (!reading.found) return 'NOT_DONE'
  if (isMember(reading.wire.groups, group) === undefined) return 'UNKNOWN'
  return shown === 'WRITTEN' ? 'DONE' : 'NOT_DONE'
}
