import { AlreadyExistsError } from '../essentials/errors/already-exists-error.ts'
import type { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { NotFoundError } from '../essentials/errors/not-found-error.ts'
import { notFound } from './failure.ts'
import { wordsOf } from './failure-of-error.ts'
import type { KnownGroup } from './look-up.ts'
import { isMember } from './require-groups.ts'
import type { Settled, WriteSession } from './session.ts'

export const joinStep = (groupId: string) => `join ${groupId}`
export const leaveStep = (groupId: string) => `leave ${groupId}`

/**
 * Puts the user into the group, once. Somebody who is in it already stays in it. Gives the refusal that was taken to say so: the reading that
 * follows tells whether it did.
 */
export async function joinGroup(session: WriteSession, group: KnownGroup): Promise<EssentialsError | undefined> {
  const { client, primaryEmail } = session
  try {
    return await session.take({
      name: joinStep(group.groupId),
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

/** Takes the user out of the group, once. Somebody who is not in it stays out. Gives the refusal, as above. */
export async function leaveGroup(session: WriteSession, group: KnownGroup): Promise<EssentialsError | undefined> {
  const { client, primaryEmail } = session
  return await session.take({
    name: leaveStep(group.groupId),
    send: (options) => client.removeGroupMember(group.groupId, primaryEmail, options),
    settle: () => settle(session, group, false),
    // Of the group, of the user, or of the membership: the reading that follows tells.
    isDoneBy: (refusal) => refusal instanceof NotFoundError,
  })
}

async function settle(session: WriteSession, group: KnownGroup, wanted: boolean): Promise<Settled> {
  const reading = await session.readAfter()
  if (!reading.found) return 'NOT_DONE'
  const found = isMember(reading.wire.groups, group)
  if (found === undefined) return 'UNKNOWN'
  return found === wanted ? 'DONE' : 'NOT_DONE'
}
