import { z } from 'zod'
import { NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, notFound, type WriteFailure } from '../failure.ts'
import { wordsOf } from '../failure-of-error.ts'
import type { DeleteUserInput } from '../inputs.ts'
import { keepOwnAccount } from '../not-offered.ts'
import { exemptFromSync } from '../session/exempt-from-sync.ts'
import { planOf, resultFields, storedSettled } from '../session/plan.ts'
import { type AccountIdentity, identityOf, recognize } from '../session/same-account.ts'
import type { WriteSession } from '../session/session.ts'
import { concludeSettling, notShownYet, unlessOdd } from '../session/unsettled.ts'
import { checkIdempotencyKey, checkPrimaryEmail } from '../validation.ts'
import { fieldsOfDeletion } from '../vendor/written-fields.ts'
import { runWrite, type WriteRequest } from './run-write.ts'

const userDeleted = z
  .object({
    /** The tombstone; in a dry run, and while the vendor still shows the user, the live user. */
    userId: z.number(),
    /** Until the vendor shows that the user is gone, the mirror has the live user. */
    settled: storedSettled,
    ...resultFields,
  })
  .readonly()

export type UserDeleted = z.infer<typeof userDeleted>

/** Deletes a user permanently, with its aliases and memberships, and reads until it is gone. */
export type DeleteUser = (request: WriteRequest<DeleteUserInput>) => Promise<UserDeleted | WriteFailure>

/** The account to delete. */
interface AccountToDelete extends AccountIdentity {
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
    const checkCopy = (copy: WireUser) => {
      request.checkCopy?.(copy)
      keepOwnAccount(deps.clientOf(request.organizationId), copy, ['primaryEmail'])
    }
    return await runWrite(deps, userDeleted, 'deleteUser', { ...request, checkCopy }, async (session) => {
      const doomed = await readDoomed(session)
      const { requests } = session.client
      const plan = requests.deleteUser(doomed.primaryEmail).map(planOf)
      const given = (notes: readonly string[]) => ({ plan: requests.deleteUser(input.primaryEmail).map(planOf), notes })
      if (dryRun) return { userId: doomed.userId, plan, notes: [], settled: true, given: given([]) }
      await exemptFromSync(session, 'delete')
      const { settled, notes } = await deleteAccount(session, doomed)
      return { userId: doomed.userId, plan, notes, settled, given: given(notes) }
    })
  }
}

/**
 * Deletes the account once and reads until it is gone; the mirror then has its tombstone. A vendor may still show the
 * account for a while, so an account that is still shown does not contradict an accepted deletion. If the address has
 * another account by then, that account is not touched and proves nothing.
 */
async function deleteAccount(
  session: WriteSession,
  { userId, primaryEmail, aliases = [], updatedAt, ...identity }: AccountToDelete,
): Promise<{ readonly settled: boolean; readonly notes: string[] }> {
  const isResent = session.wasStepSent('delete') !== undefined
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
        ...(identity.vendorId !== undefined && { vendorId: identity.vendorId }),
        ...(identity.digest !== undefined && { digest: identity.digest, lastChange: identity.lastChange ?? null }),
      },
      writes: { fields: fieldsOfDeletion(aliases), forgets: true, updatedAt: updatedAt ?? null },
      send: (options) => session.client.deleteUser(primaryEmail, options),
      async settle() {
        const { value: reading } = await poll()
        return reading.found ? settledBy[await recognize(session, identity, reading.wire)] : 'DONE'
      },
      // The deletion whose answer was lost was carried out and shown late.
      isDoneBy: (refusal) => isResent && refusal instanceof NotFoundError,
    })
  } catch (error) {
    // Another client deleted it first. The pulls record that deletion, like every deletion that this write did not
    // make.
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
  'The address shows an account with another createdAt: either the account was re-created, or the createdAt of the deleted account has changed'

/**
 * Only a 404 proves the deletion: some vendors show the time of the last activity as createdAt, so that time changes.
 */
const settledBy = { SAME: 'NOT_DONE', OTHER: 'UNKNOWN', UNKNOWN: 'UNKNOWN' } as const

/** Returns the account to delete: as read now, or as recorded before a crash lost the answer. */
async function readDoomed(session: WriteSession): Promise<AccountToDelete> {
  const { primaryEmail } = session
  const before = session.wasStepSent('delete')
  if (before?.userId != null) {
    const { userId, createdAt = null, digest, lastChange, vendorId } = before
    return { userId, primaryEmail, createdAt, digest, lastChange, vendorId }
  }
  const { userId, wire } = await session.requireUser()
  const { primaryEmail: spelled, aliases, updatedAt } = wire
  return { userId, primaryEmail: spelled, aliases, updatedAt, ...identityOf(wire) }
}
