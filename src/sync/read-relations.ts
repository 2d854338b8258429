import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { waitAskedFor } from '../essentials/retry.ts'
import { refusalOf } from '../mirror/refusal.ts'
import { isListing, putOff, Turns } from '../mirror/turns.ts'
import { rest, type SyncDeps } from './deps.ts'
import { readUser } from './read-user.ts'

/** So many failures running, and it is the vendor that is ill, not a user. */
const patience = 3
/** Every so often a turn goes before the wishes: were there ever more wishes than the allowance can grant, nobody would wait for good. */
const wishesBetweenTurns = 9

/**
 * Reads one by one the users whose relations no list shows, those new or changed first, then the longest unasked, as the allowance
 * permits; ends when nobody waits. One such loop runs for an organization at a time. It makes way for the pages of a pull: what those
 * show comes first, and a pull that runs long leaves it as much of the allowance as it takes itself (pace.ts).
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
      // Where the answer did not meet the wish. A 404 is left to the next pull: only one that a complete pull did not show either is gone.
      await putOff(deps.sql, user)
      failures = 0
    } catch (error) {
      const refusal = refusalOf(error)
      if (signal.aborted || !(error instanceof EssentialsError || refusal)) throw error
      // The tick begins again; until then nobody's turn is over.
      if (waitAskedFor(error) > 0) return
      failures += 1
      deps.logger.warn(
        { ...(refusal ? { refusal } : { err: error }), organizationId, failures },
        'relations could not be read',
      )
      await putOff(deps.sql, user)
      if (failures >= patience) await rest(deps, Math.min(60_000, 1_000 * 2 ** failures), signal)
    }
  }
}
