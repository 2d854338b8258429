import type { NewUser } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { WriteFailedError, type WriteFailure } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import { administers } from '../not-offered.ts'
import type { WriteSession } from '../session/session.ts'
import { mergePatch } from '../vendor/merge-patch.ts'

/** Whether a write that created an account still needs its password. */
export function needsPassword(session: WriteSession): boolean {
  return !session.wasStepDone(session.client.capabilities.passwordOnCreate ? 'create' : 'password')
}

/**
 * Sets the password of an account that this write created, with a PUT of the whole user, if the connection takes no
 * password with the creation. Returns why the password was not set. Nothing shows a password, so a PUT whose outcome is
 * unknown is sent again in the next attempt: sent twice, it sets the same password.
 */
export async function givePassword(session: WriteSession, created: NewUser): Promise<WriteFailure | undefined> {
  const { password } = created
  if (password === undefined || session.client.capabilities.passwordOnCreate) return undefined
  let isResumed = true
  try {
    const { value: reading } = await session.poll(({ found }) => (found ? 'WRITTEN' : 'BEFORE'))
    if (!reading.found) return { failure: 'NotFound', message: 'the vendor does not show the new user yet' }
    // Another client may have made an account there, which the vendor shows as one that administers something.
    if (administers(session.client, reading.wire) && !administers(session.client, { roles: rolesIn(created) }))
      return { failure: 'Conflict', message: 'the account was not created by this write', userId: reading.userId }
    const body = mergePatch(reading.wire.raw, { password: String(password) })
    await session.take({
      name: 'password',
      send: (options) => {
        isResumed = false
        return session.client.updateUser(reading.wire.primaryEmail, body, options)
      },
      settle: async () => (isResumed ? 'NOT_DONE' : 'UNKNOWN'),
    })
    return undefined
  } catch (error) {
    if (error instanceof WriteFailedError) return error.failure
    if (error instanceof EssentialsError) return failureOfError(error)
    throw error
  }
}

function rolesIn({ roles }: NewUser): string[] {
  return Array.isArray(roles) ? roles.map(String) : []
}

export function passwordNotSet({ message }: WriteFailure): string {
  return `The password was not set: ${message.replace(/\.$/, '')}. Set it with updateUser.`
}
