import { deleteUser as deleteUserCall } from '../essentials/endpoints.ts'
import { NotFoundError } from '../essentials/errors/not-found-error.ts'
import { checkIdempotencyKey, checkPrimaryEmail } from './check-input.ts'
import type { WriteDeps } from './deps.ts'
import { invalidInput, notFound, WriteFailedError, type WriteFailure } from './failure.ts'
import { wordsOf } from './failure-of-error.ts'
import type { DeleteUserInput } from './inputs.ts'
import { type AsGiven, type PlannedRequest, planOf } from './plan.ts'
import { runWrite, type WriteRequest } from './run-write.ts'
import { type AccountIdentity, compareAccounts, identityOf } from './same-account.ts'
import type { WriteSession } from './session.ts'

export interface UserDeleted {
  /** The tombstone; in a dry run, the live user. */
  readonly userId: number
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  readonly given: AsGiven
}

/** Deletes a user for good, aliases and memberships with it, and makes sure that it is gone. */
export type DeleteUser = (request: WriteRequest<DeleteUserInput>) => Promise<UserDeleted | WriteFailure>

/** The account to delete. */
interface Doomed extends AccountIdentity {
  readonly userId: number
  readonly primaryEmail: string
}

export function deleteUserWith(deps: WriteDeps): DeleteUser {
  return async (request) => {
    const { input, idempotencyKey, dryRun } = request
    const issues = [...checkPrimaryEmail(input.primaryEmail), ...checkIdempotencyKey(idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    return await runWrite(deps, 'deleteUser', request, async (session) => {
      const doomed = await readDoomed(session)
      const plan = [planOf(deleteUserCall(doomed.primaryEmail))]
      const given = (notes: readonly string[]) => ({ plan: [planOf(deleteUserCall(input.primaryEmail))], notes })
      if (dryRun) return { userId: doomed.userId, plan, notes: [], given: given([]) }
      const notes = await deleteAccount(session, doomed)
      return { userId: doomed.userId, plan, notes, given: given(notes) }
    })
  }
}

/**
 * Deletes the account, once, and verifies that it is gone: the mirror then has its tombstone. Gives notes for the caller. An address that has
 * another account by then is left alone: somebody else created that one.
 */
export async function deleteAccount(
  session: WriteSession,
  { userId, primaryEmail, ...identity }: Doomed,
): Promise<string[]> {
  try {
    await session.take({
      name: 'delete',
      facts: {
        userId,
        createdAt: identity.createdAt,
        ...(identity.digest !== undefined && { digest: identity.digest }),
      },
      send: (options) => session.client.deleteUser(primaryEmail, options),
      async settle() {
        const reading = await session.readAfter('END')
        return reading.found ? settledBy[compareAccounts(identity, reading.wire)] : 'DONE'
      },
    })
  } catch (error) {
    // Somebody else was faster: it is left to the pulls, as every deletion that is not ours.
    if (error instanceof NotFoundError) throw notFound(`The vendor has no user ${primaryEmail}${wordsOf(error)}`)
    throw error
  }
  const reading = await session.readAfter('END')
  if (!reading.found) return []
  const likeness = compareAccounts(identity, reading.wire)
  if (likeness === 'OTHER') return ['The address was given to a new account at once, by somebody else']
  await session.doubt('delete')
  const outcomeUnknown = likeness === 'UNKNOWN'
  const message = outcomeUnknown
    ? `The vendor took the deletion of ${primaryEmail}, and has an account there that may be the same or a new one: it tells no createdAt`
    : `The vendor took the deletion of ${primaryEmail}, and has the user all the same`
  throw new WriteFailedError({ failure: 'VendorFailure', message, status: null, outcomeUnknown })
}

const settledBy = { SAME: 'NOT_DONE', OTHER: 'DONE', UNKNOWN: 'UNKNOWN' } as const

/** The account to delete: as read now, or as it was before a crash took the answer. */
async function readDoomed(session: WriteSession): Promise<Doomed> {
  const { primaryEmail } = session
  const before = session.wasSent('delete')
  if (before?.userId != null) {
    return { userId: before.userId, primaryEmail, createdAt: before.createdAt ?? null, digest: before.digest }
  }
  const reading = await session.readBefore()
  if (!reading.found) throw notFound(`The vendor has no user ${primaryEmail}`)
  const { userId, wire } = reading
  return { userId, primaryEmail: wire.primaryEmail, ...identityOf(wire) }
}
