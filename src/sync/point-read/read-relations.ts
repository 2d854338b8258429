import { permanentStorageError } from '../../db/constraint-error.ts'
import { isListing, putOff, Turns } from '../../mirror/point-read-queue.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { waitAskedFor } from '../../vendor/http/retry.ts'
import { forOrganization, rest, type SyncDeps } from '../deps.ts'
import { readUser } from './read-user.ts'

/** After this many consecutive failures, the cause is taken to be the vendor rather than a user. */
const waitBudget = 3
/** One regular turn follows this many requested reads: even if requests exceed the allowance, no user waits forever. */
const wishesBetweenTurns = 9

/**
 * Reads, one by one, the users whose relations no list contains: new and changed users first, then those whose last
 * read is the oldest, as the allowance permits. Ends when no user waits. One such loop runs per organization. It pauses
 * while a pull lists pages, because what the pages show comes first. A pull that runs long leaves this loop as much of
 * the allowance as it takes itself (pull-interval.ts).
 */
export async function readRelations(deps: SyncDeps, organizationId: number, signal: AbortSignal): Promise<void> {
  const client = deps.clientOf(organizationId)
  if (!client || client.askedToWaitMs() > 0) return
  const turns = new Turns(deps.sql, organizationId)
  let failures = 0
  for (let turn = 1; ; turn += 1) {
    signal.throwIfAborted()
    while (await isListing(deps.sql, organizationId)) await rest(deps, 500, signal)
    const user = await turns.next(turn % (wishesBetweenTurns + 1) === 0)
    if (!user) return
    try {
      const call = { priority: 'background', signal } as const
      await readUser(deps.sql, client, organizationId, user.primaryEmail, { origin: 'PULL' }, call, 'KEEP')
      // In case the response did not fulfil the request. A 404 is left to the next pull: a user is deleted only if a
      // complete pull also lacks it.
      await putOff(deps.sql, user)
      failures = 0
    } catch (error) {
      const refusal = permanentStorageError(error)
      if (signal.aborted || !(error instanceof EssentialsError || refusal)) throw error
      // The next tick starts this loop again. Until then no user loses its turn.
      if (waitAskedFor(error) > 0) return
      failures += 1
      const cause = refusal ? { refusal } : { err: error }
      forOrganization(deps, organizationId).logger.warn({ ...cause, failures }, 'cannot read relations')
      await putOff(deps.sql, user)
      if (failures >= waitBudget) await rest(deps, Math.min(60_000, 1_000 * 2 ** failures), signal)
    }
  }
}
