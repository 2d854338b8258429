import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { isListing, nextWanted, postponeWanted } from '../mirror/wanted-relations.ts'
import { rest, type SyncDeps } from './deps.ts'
import { readUser } from './read-user.ts'

/** So many failures running, and it is the vendor that is ill, not a user. */
const patience = 3

/**
 * Reads the users whose relations are wanted, the newest wish first, as the allowance permits; ends when none is left. It makes way
 * for the pages of a pull: what those show comes first.
 */
export async function readRelations(deps: SyncDeps, organizationId: number, signal: AbortSignal): Promise<void> {
  const client = deps.clientOf(organizationId)
  if (!client) return
  let failures = 0
  for (;;) {
    signal.throwIfAborted()
    if (await isListing(deps.sql, organizationId)) {
      await rest(deps, 500, signal)
      continue
    }
    const wanted = await nextWanted(deps.sql, organizationId)
    if (!wanted) return
    try {
      const call = { priority: 'background', signal } as const
      await readUser(deps.sql, client, organizationId, wanted.primaryEmail, { origin: 'PULL' }, call, 'KEEP')
      // Where the answer did not meet the wish. A 404 is left to the next pull: only one that a complete pull did not show either is gone.
      await postponeWanted(deps.sql, wanted)
      failures = 0
    } catch (error) {
      if (signal.aborted || !(error instanceof EssentialsError)) throw error
      failures += 1
      deps.logger.warn({ err: error, organizationId, failures }, 'relations could not be read')
      await postponeWanted(deps.sql, wanted)
      if (failures >= patience) await rest(deps, Math.min(60_000, 1_000 * 2 ** failures), signal)
    }
  }
}
