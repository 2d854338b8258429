import { readingCaller } from '../essentials/callers.ts'
import { AllowanceExhaustedError } from '../essentials/errors/allowance-exhausted-error.ts'
import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { addressKey } from '../mirror/address.ts'
import { spelledAsKnown } from '../mirror/spelled-as-known.ts'
import type { SyncDeps } from './deps.ts'
import { readUser } from './read-user.ts'

interface RefreshRequest {
  readonly organizationId: number
  readonly primaryEmail: string
  readonly actor: string
  readonly signal?: AbortSignal
}

/** Reads one user from the vendor now, for a caller that waits for the answer. */
export type RefreshUser = (request: RefreshRequest) => Promise<RefreshOutcome>

export type RefreshOutcome =
  /** `changed`: the names of the GraphQL fields of User that became different; all that it has, for a user new to the mirror. */
  | { outcome: 'READ'; userId: number; changed: string[] }
  /** The vendor has no such user. One whom the mirror has stays until a complete pull does not show it either. */
  | { outcome: 'NOT_FOUND' }
  /** `problem`: the limit that was reached, a sentence that goes on with "until" and the time. */
  | { outcome: 'BUDGET_EXHAUSTED'; problem: string; retryAt: string }
  | { outcome: 'VENDOR_FAILURE'; message: string; status: number | null }

/** A reading that several callers wait for. */
interface Shared {
  readonly request: RefreshRequest
  readonly outcome: Promise<RefreshOutcome>
  /** Fires once no caller waits any more. */
  readonly abandoned: AbortController
  waiting: number
}

/** How long a caller is kept waiting for the allowance. */
const longestWaitMs = 30_000

/**
 * Callers of one process that want the same user share a request, up to the moment at which it is sent: an answer that was on its way
 * before a caller asked may be older than what the caller knows.
 */
export function refreshUserWith(deps: SyncDeps): RefreshUser {
  const unsent = new Map<string, Shared>()

  function begin(key: string, request: RefreshRequest, maxWaitMs: number): Shared {
    const abandoned = new AbortController()
    const leave = () => {
      if (unsent.get(key) === shared) unsent.delete(key)
    }
    abandoned.signal.addEventListener('abort', leave, { once: true })
    const outcome = read(deps, { ...request, signal: abandoned.signal }, maxWaitMs, leave).finally(leave)
    outcome.catch(() => {})
    const shared = { request, outcome, abandoned, waiting: 0 }
    unsent.set(key, shared)
    return shared
  }

  return async (request) => {
    const key = `${request.organizationId} ${addressKey(request.primaryEmail)}`
    const deadline = performance.now() + longestWaitMs
    for (;;) {
      const joined = unsent.get(key)
      const shared = joined ?? begin(key, request, Math.max(0, deadline - performance.now()))
      const outcome = await waitFor(shared, request.signal)
      if (!joined || holdsFor(outcome, joined.request, request)) return outcome
    }
  }
}

/** Neither another caller's share of the allowance nor another spelling of the address says anything about this request. */
function holdsFor({ outcome }: RefreshOutcome, other: RefreshRequest, own: RefreshRequest): boolean {
  if (outcome === 'BUDGET_EXHAUSTED') return other.actor === own.actor
  return outcome !== 'NOT_FOUND' || other.primaryEmail === own.primaryEmail
}

async function waitFor(shared: Shared, signal: AbortSignal | undefined): Promise<RefreshOutcome> {
  const left = Promise.withResolvers<RefreshOutcome>()
  const onAbort = () => left.resolve({ outcome: 'VENDOR_FAILURE', message: 'The caller has left', status: null })
  shared.waiting += 1
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  try {
    return await Promise.race([shared.outcome, left.promise])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    shared.waiting -= 1
    if (shared.waiting === 0) shared.abandoned.abort()
  }
}

async function read(
  deps: SyncDeps,
  { organizationId, primaryEmail, actor, signal }: RefreshRequest,
  maxWaitMs: number,
  onSending: () => void,
): Promise<RefreshOutcome> {
  const client = deps.clientOf(organizationId)
  if (!client) {
    return { outcome: 'VENDOR_FAILURE', message: 'This process holds no API key of that organization', status: null }
  }
  try {
    const beforeSending = async () => onSending()
    const call = { priority: 'interactive', caller: readingCaller(actor), maxWaitMs, signal, beforeSending } as const
    const about = { origin: 'REFRESH', actor } as const
    const readAs = (spelled: string, decides: boolean) =>
      readUser(deps.sql, client, organizationId, spelled, { ...about, decides }, call, 'KEEP')
    const known = await spelledAsKnown(deps.sql, organizationId, primaryEmail)
    const asKnown = await readAs(known, false)
    // The vendor may have the address in other letters by now, of which the caller has heard before the mirror. The known account is not there.
    const reading = asKnown.found || known === primaryEmail ? asKnown : await readAs(primaryEmail, true)
    if (!reading.found) return { outcome: 'NOT_FOUND' }
    return { outcome: 'READ', userId: reading.userId, changed: [...reading.applied.changed] }
  } catch (error) {
    if (error instanceof AllowanceExhaustedError) {
      return { outcome: 'BUDGET_EXHAUSTED', problem: error.problem, retryAt: error.retryAt }
    }
    if (!(error instanceof EssentialsError)) throw error
    if (!signal?.aborted) deps.logger.warn({ err: error }, 'a user could not be refreshed')
    return { outcome: 'VENDOR_FAILURE', message: error.message, status: error.status ?? null }
  }
}
