import { deleteUser as deleteUserCall } from '../essentials/endpoints.ts'
import { NotFoundError } from '../essentials/errors/not-found-error.ts'
import { checkIdempotencyKey, checkPrimaryEmail } from './check-input.ts'
import type { WriteDeps } from './deps.ts'
import { invalidInput, notFound, type WriteFailure } from './failure.ts'
import { wordsOf } from './failure-of-error.ts'
import type { DeleteUserInput } from './inputs.ts'
import { type AsGiven, type PlannedRequest, planOf } from './plan.ts'
import { runWrite, type WriteRequest } from './run-write.ts'
import { type AccountIdentity, identityOf, recognize } from './same-account.ts'
import type { WriteSession } from './session.ts'
import { unlessOdd } from './unless-odd.ts'
import { concludeSettling, notShownYet } from './unsettled.ts'
import { fieldsOfDeletion } from './written-fields.ts'

export interface UserDeleted {
  /** The tombstone; the live user in a dry run, and while the vendor shows it still. */
  readonly userId: number
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  /** Whether the vendor shows that it is gone. Until it does, the mirror has the live user. */
  readonly settled: boolean
  readonly given: AsGiven
}

/** Deletes a user for good, aliases and memberships with it, and reads until it is gone. */
export type DeleteUser = (request: WriteRequest<DeleteUserInput>) => Promise<UserDeleted | WriteFailure>

/** The account to delete. */
interface Doomed extends AccountIdentity {
  readonly userId: number
  readonly primaryEmail: string
  readonly aliases?: readonly string[] | undefined
  readonly updatedAt?: string | undefined
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
      if (dryRun) return { userId: doomed.userId, plan, notes: [], settled: true, given: given([]) }
      const { settled, notes } = await deleteAccount(session, doomed)
      return { userId: doomed.userId, plan, notes, settled, given: given(notes) }
    })
  }
}

/**
 * Deletes the account, once, and reads until it is gone: the mirror then has its tombstone. A vendor may go on showing it for a while, so an
 * account that is still there says nothing against the deletion that the vendor accepted. An address that has another account by then is left
 * alone, and proves nothing.
 */
async function deleteAccount(
  session: WriteSession,
  { userId, primaryEmail, aliases = [], updatedAt, ...identity }: Doomed,
): Promise<{ readonly settled: boolean; readonly notes: string[] }> {
  const isResent = session.wasSent('delete') !== undefined
  const poll = () =>
    session.poll(async (reading) => {
      if (!reading.found) return 'WRITTEN'
      return (await recognize(session, identity, reading.wire)) === 'OTHER' ? 'OTHER' : 'BEFORE'
    }, 'END')
  try {
    await session.take({
      name: 'delete',
      facts: {
        userId,
        createdAt: identity.createdAt,
        ...(identity.digest !== undefined && { digest: identity.digest, lastChange: identity.lastChange ?? null }),
      },
      writes: { fields: fieldsOfDeletion(aliases), forgets: true, updatedAt: updatedAt ?? null },
      send: (options) => session.client.deleteUser(primaryEmail, options),
      async settle() {
        const { value: reading } = await poll()
        return reading.found ? settledBy[await recognize(session, identity, reading.wire)] : 'DONE'
      },
      // The deletion whose answer got lost was carried out, and was shown late.
      isDoneBy: (refusal) => isResent && refusal instanceof NotFoundError,
    })
  } catch (error) {
    // Somebody else was faster: it is left to the pulls, as every deletion that is not ours.
    if (error instanceof NotFoundError) throw notFound(`The vendor has no user ${primaryEmail}${wordsOf(error)}`)
    throw error
  }
  const last = await unlessOdd(poll)
  const settled = last?.shown === 'WRITTEN'
  await concludeSettling(session, settled ? undefined : { kind: 'DELETE', userId })
  const replaced = last?.shown === 'OTHER' ? [shownReplaced] : []
  return { settled, notes: settled ? [] : [notShownYet, ...replaced] }
}

const shownReplaced =
  'The address shows an account with another createdAt. Either it was created anew since, or the createdAt of the deleted account has moved'

/** Only a 404 proves that it is gone: some vendors show the time of the last activity as createdAt, which moves. */
const settledBy = { SAME: 'NOT_DONE', OTHER: 'UNKNOWN', UNKNOWN: 'UNKNOWN' } as const

/** The account to delete: as read now, or as it was before a crash took the answer. */
async function readDoomed(session: WriteSession): Promise<Doomed> {
  const { primaryEmail } = session
  const before = session.wasSent('delete')
  if (before?.userId != null) {
    const { userId, createdAt = null, digest, lastChange } = before
    return { userId, primaryEmail, createdAt, digest, lastChange }
  }
  const { userId, wire } = await session.requireUser()
  const { primaryEmail: spelled, aliases, updatedAt } = wire
  return { userId, primaryEmail: spelled, aliases, updatedAt, ...identityOf(wire) }
}
