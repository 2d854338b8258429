import type { z } from 'zod'
import { oldestRowOf } from '../../mirror/entry-identity.ts'
import { canonicalAddress } from '../../mirror/users/resolve-users.ts'
import { readingCaller, writingCaller } from '../../vendor/allowance.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../deps.ts'
import { WriteFailedError, type WriteFailure } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import { liveUserId } from '../queries.ts'
import { claimFor } from '../session/claim-idempotency-key.ts'
import { type Journal, noJournal } from '../session/journal.ts'
import { WriteSession } from '../session/session.ts'
import { concludeSettling } from '../session/unsettled.ts'
import { settingsLockOf, type UserLock, UserLockedError, withUserLock } from '../session/user-lock.ts'
import { WaitBudget } from '../session/wait-budget.ts'

/** A write request and its caller. */
export interface WriteRequest<Input> {
  readonly organizationId: number
  readonly actor: string
  readonly input: Input
  readonly idempotencyKey?: string | null | undefined
  readonly dryRun: boolean
  /** Fires when the caller no longer waits for the answer. Requests that were already sent are still completed. */
  readonly signal?: AbortSignal | undefined
  /** How long the caller waits for the allowance, and for another write to the user. Defaults to 30 s. */
  readonly longestWaitMs?: number | undefined
  /**
   * Called with each copy of the user that a change or a deletion is based on, as read from the vendor. What it throws
   * ends the write, and is thrown to the caller.
   */
  readonly checkCopy?: ((copy: WireUser) => void) | undefined
  /** Throws unless the caller has the right to administer. Undefined: it has not. */
  readonly requireAdmin?: (() => void) | undefined
}

const usualWaitMs = 30_000

/**
 * Runs a verb for a caller under the user's lock and its idempotency key, and returns every failure as a value. A dry
 * run sends only read requests, so it needs neither lock nor key. `spelling`: AS_KNOWN uses the mirror's spelling of
 * the user's address, AS_GIVEN that of the request. `done`: the form of the verb's result, for replays.
 */
export async function runWrite<Input extends { readonly primaryEmail: string }, Done extends object>(
  deps: WriteDeps,
  done: z.ZodType<Done>,
  verb: string,
  request: WriteRequest<Input>,
  work: (session: WriteSession) => Promise<Done>,
  { spelling = 'AS_KNOWN' }: { readonly spelling?: 'AS_KNOWN' | 'AS_GIVEN' } = {},
): Promise<Done | WriteFailure> {
  const client = deps.clientOf(request.organizationId)
  if (!client) {
    const message = 'This process has no credentials for the organization'
    return { failure: 'VendorFailure', message, status: null, outcomeUnknown: false }
  }
  const { organizationId, actor, signal, longestWaitMs = usualWaitMs, checkCopy } = request
  const { primaryEmail } = request.input
  const openSession = async (lock: UserLock, journal: Journal) =>
    new WriteSession({
      sql: deps.sql,
      client,
      organizationId,
      primaryEmail:
        spelling === 'AS_GIVEN' ? primaryEmail : await canonicalAddress(deps.sql, organizationId, primaryEmail),
      actor,
      priority: 'interactive',
      caller: request.dryRun ? readingCaller(actor) : writingCaller(actor),
      waitBudget: new WaitBudget(longestWaitMs),
      lock,
      journal,
      signal,
      closing: deps.closing,
      settling: deps.settling,
      clock: deps.clock,
      checkCopy,
      settingsLock: async (work) => {
        const ofVendor = await oldestRowOf(deps.control, organizationId)
        const options = { signal, leases: deps.leases, maxWaitMs: longestWaitMs }
        return await settingsLockOf(deps.control, ofVendor, options)(work)
      },
    })
  let session: WriteSession | undefined
  const attempt = (journal: Journal) =>
    valued(deps, request, () =>
      withUserLock(
        deps.control,
        { organizationId, primaryEmail },
        async (lock) => {
          session = await openSession(lock, journal)
          return await noteOpen(session, work)
        },
        { signal, leases: deps.leases, maxWaitMs: longestWaitMs },
      ),
    )
  if (request.dryRun)
    return await valued(deps, request, async () => work(await openSession({ confirm: async () => {} }, noJournal)))
  if (request.idempotencyKey == null) return await attempt(noJournal)

  const claim = await claimFor(deps, done, verb, { ...request, idempotencyKey: request.idempotencyKey })
  if (claim.claim === 'ANSWERED') return claim.answer
  let answer: Done | WriteFailure
  try {
    answer = await attempt(claim.journal)
  } catch (error) {
    await claim.leaveOpen().catch(() => {})
    throw error
  }
  await (isFinal(answer, session) ? claim.answer(JSON.stringify(answer)) : claim.leaveOpen())
  return answer
}

/** Lets the sync continue to read the user if the outcome of a request is unknown. */
async function noteOpen<Done>(session: WriteSession, work: (session: WriteSession) => Promise<Done>): Promise<Done> {
  try {
    return await work(session)
  } catch (error) {
    const isFailure = error instanceof WriteFailedError || error instanceof EssentialsError
    if (isFailure && session.openWrite) await concludeSettling(session, session.openWrite)
    throw error
  }
}

/**
 * Only final answers are stored for replay. Not final are: a failure before anything was sent, a lost answer whose
 * outcome is unknown, and a write that the vendor does not show yet. For these, the next retry settles the outcome by
 * reading.
 */
function isFinal(answer: object, session: WriteSession | undefined): boolean {
  if ('settled' in answer && answer.settled === false) return false
  if (!('failure' in answer)) return true
  if (!session?.sent || session.openWrite) return false
  return !('outcomeUnknown' in answer && answer.outcomeUnknown === true)
}

async function valued<Done>(
  { sql, logger }: WriteDeps,
  { organizationId, input }: WriteRequest<{ readonly primaryEmail: string }>,
  work: () => Promise<Done>,
): Promise<Done | WriteFailure> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof WriteFailedError) {
      if (error.cause instanceof EssentialsError) logger.warn({ err: error.cause }, 'a write failed')
      return error.failure
    }
    if (error instanceof UserLockedError) {
      return {
        failure: 'Conflict',
        message: error.message,
        userId: await liveUserId(sql, organizationId, input.primaryEmail),
      }
    }
    if (!(error instanceof EssentialsError)) throw error
    logger.warn({ err: error }, 'a write failed')
    return failureOfError(error)
  }
}
