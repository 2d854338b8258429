import { AllowanceExhaustedError } from '../essentials/errors/allowance-exhausted-error.ts'
import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { spelledAsKnown } from '../mirror/spelled-as-known.ts'
import type { SyncDeps } from './deps.ts'
import { readUser } from './read-user.ts'

/** Reads one user from the vendor now, for somebody who waits for it. */
export type RefreshUser = (request: {
  organizationId: number
  primaryEmail: string
  actor: string
  signal?: AbortSignal
}) => Promise<RefreshOutcome>

export type RefreshOutcome =
  /** `changed`: the names of the GraphQL fields of User that became different; all that it has, for a user new to the mirror. */
  | { outcome: 'READ'; userId: number; changed: string[] }
  /** The vendor has no such user. One whom the mirror has stays until a complete pull does not show it either. */
  | { outcome: 'NOT_FOUND' }
  | { outcome: 'BUDGET_EXHAUSTED'; retryAt: string }
  | { outcome: 'VENDOR_FAILURE'; message: string; status: number | null }

/** How long somebody is kept waiting for the allowance. */
const longestWaitMs = 30_000

export function refreshUserWith(deps: SyncDeps): RefreshUser {
  return async ({ organizationId, primaryEmail, actor, signal }) => {
    const client = deps.clientOf(organizationId)
    if (!client) {
      return { outcome: 'VENDOR_FAILURE', message: 'This process holds no API key of that organization', status: null }
    }
    try {
      const call = { priority: 'interactive', maxWaitMs: longestWaitMs, signal } as const
      const about = { origin: 'REFRESH', actor } as const
      const read = (spelled: string) => readUser(deps.sql, client, organizationId, spelled, about, call, 'KEEP')
      const known = await spelledAsKnown(deps.sql, organizationId, primaryEmail)
      const asKnown = await read(known)
      // The vendor may have the address in other letters by now, of which the caller has heard before the mirror.
      const reading = asKnown.found || known === primaryEmail ? asKnown : await read(primaryEmail)
      if (!reading.found) return { outcome: 'NOT_FOUND' }
      return { outcome: 'READ', userId: reading.userId, changed: [...reading.applied.changed] }
    } catch (error) {
      if (error instanceof AllowanceExhaustedError) return { outcome: 'BUDGET_EXHAUSTED', retryAt: error.retryAt }
      if (!(error instanceof EssentialsError)) throw error
      deps.logger.warn({ err: error }, 'a user could not be refreshed')
      return { outcome: 'VENDOR_FAILURE', message: error.message, status: error.status ?? null }
    }
  }
}
