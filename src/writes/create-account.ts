import type { NewUser } from '../essentials/endpoints.ts'
import { AlreadyExistsError } from '../essentials/errors/already-exists-error.ts'
import { compareWritten } from './compare-written.ts'
import { WriteFailedError } from './failure.ts'
import { wordsOf } from './failure-of-error.ts'
import { bearerId, liveUserId } from './look-up.ts'
import type { WriteSession } from './session.ts'
import { patchOf } from './vendor-words.ts'

/**
 * Creates the account at the vendor, once. Where the answer gets lost, an account that is there as it was sent is taken for ours, unless
 * the mirror had it before. Rejects where it was not created, or nobody can tell.
 */
export async function createAccount(session: WriteSession, body: NewUser): Promise<void> {
  const { sql, client, organizationId } = session
  try {
    await session.take({
      name: 'create',
      facts: { userId: await liveUserId(sql, organizationId, body.primaryEmail) },
      send: (options) => client.createUser(body, options),
      async settle({ userId, unseen }) {
        const reading = await session.readAfter()
        if (!reading.found) return 'NOT_DONE'
        if (reading.userId === userId) {
          // Without a time of creation a new account cannot be told from one that the mirror took for still there.
          if (reading.wire.createdAt === undefined) return 'UNKNOWN'
          throw await alreadyExists(session, body, undefined)
        }
        // One that the vendor confirmed, and showed late, is compared by the caller.
        return unseen || compareWritten(patchOf(body), reading.wire).length === 0 ? 'DONE' : 'UNKNOWN'
      },
    })
  } catch (error) {
    if (error instanceof AlreadyExistsError) throw await alreadyExists(session, body, error)
    throw error
  }
}

/** Reads who is there, so that the answer can name them: the account itself, or whoever the mirror has as a bearer of an address. */
async function alreadyExists(
  session: WriteSession,
  body: NewUser,
  error: AlreadyExistsError | undefined,
): Promise<WriteFailedError> {
  const { sql, organizationId } = session
  const { primaryEmail } = body
  const reading = await session.readAgain().catch(() => undefined)
  if (reading?.found) {
    const message = `There is a user ${primaryEmail} already${wordsOf(error)}`
    return new WriteFailedError({ failure: 'AlreadyExists', message, userId: reading.userId }, { cause: error })
  }
  const aliases = Array.isArray(body.aliases) ? (body.aliases as string[]) : []
  const userId = await bearerId(sql, organizationId, [primaryEmail, ...aliases])
  const message = `An address of ${[primaryEmail, ...aliases].join(', ')} is borne by another user already${wordsOf(error)}`
  return new WriteFailedError({ failure: 'AlreadyExists', message, userId }, { cause: error })
}
