/**
 * Reads from the vendor before an operation begins, while the caller waits. If a read fails, the mirror is used
 * instead.
 */
import type { WriteRequests } from '../../vendor/adapter.ts'
import { readingCaller } from '../../vendor/allowance.ts'
import { requestsOfV2 } from '../../vendor/client.ts'
import type { WriteRequest } from '../../writes/commands/run-write.ts'
import type { WriteDeps } from '../../writes/deps.ts'
import { WriteFailedError } from '../../writes/failure.ts'
import { noJournal } from '../../writes/session/journal.ts'
import { WriteSession } from '../../writes/session/session.ts'
import { WaitBudget } from '../../writes/session/wait-budget.ts'
import { requireGroups } from '../../writes/vendor/require-groups.ts'

type Asking = Pick<WriteRequest<unknown>, 'organizationId' | 'actor' | 'signal'>

/** How long the caller waits for the allowance, over all readings. */
const longestWaitMs = 10_000

/** Opens a session that only reads; undefined if this process has no API key of the organization. */
export function readingSession(
  { sql, clientOf }: WriteDeps,
  { organizationId, actor, signal }: Asking,
  primaryEmail: string,
  waitBudget: WaitBudget = new WaitBudget(longestWaitMs),
): WriteSession | undefined {
  const client = clientOf(organizationId)
  if (!client) return undefined
  return new WriteSession({
    sql,
    client,
    organizationId,
    primaryEmail,
    actor,
    priority: 'interactive',
    caller: readingCaller(actor),
    waitBudget,
    lock: { confirm: async () => {} },
    journal: noJournal,
    signal,
  })
}

/** Updates the mirror from the vendor's list of groups. Returns the problem if the list could not be read. */
export async function readGroupList(
  deps: WriteDeps,
  asking: Asking,
  groupIds: readonly string[],
): Promise<string | undefined> {
  const session = readingSession(deps, asking, '')
  if (!session) return 'this process has no credentials for the organization'
  try {
    await requireGroups(session, groupIds)
  } catch (error) {
    if (!(error instanceof WriteFailedError)) throw error
    if (error.failure.failure !== 'NotFound') return error.failure.message
  }
  return undefined
}

/** The requests of the organization's connection, for plans. A process without its key plans those of the API v2. */
export function requestsOf({ clientOf }: WriteDeps, organizationId: number): WriteRequests {
  return clientOf(organizationId)?.requests ?? requestsOfV2
}
