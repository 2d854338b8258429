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

/** How long a caller is kept waiting for the allowance. */
const longestWaitMs = 30_000

/**
 * Callers of one process that want the same user share a request, up to the moment at which it is sent: an answer that was on its way
 * before a caller asked may be older than what the caller knows.
 */
export function refreshUserWith(deps: SyncDeps): RefreshUser {
  const unsent = new Map<string, SharedReading>()
  return async (request) => {
    const key = `${request.organizationId} ${addressKey(request.primaryEmail)}`
    const deadline = performance.now() + longestWaitMs
    for (;;) {
      const leave = () => {
        if (unsent.get(key) === shared) unsent.delete(key)
      }
      const shared = unsent.get(key) ?? new SharedReading(deps, leave)
      unsent.set(key, shared)
      const { outcome, askedFor } = await shared.wait(request, Math.max(0, deadline - performance.now()))
      // Another spelling of the address says nothing about this one.
      if (outcome.outcome !== 'NOT_FOUND' || askedFor === request.primaryEmail) return outcome
    }
  }
}

interface Answered {
  readonly outcome: RefreshOutcome
  readonly askedFor: string
}

/** One caller's wait for a slot. */
interface Attempt {
  readonly answer: Promise<Answered>
  readonly abandoned: AbortController
  waiting: number
}

/**
 * One user that several callers want to be read. Each caller waits for a slot in its own share of the allowance, so that nobody waits
 * because another has spent its share. Who gets a slot first sends the request, for all of them.
 */
class SharedReading {
  readonly #deps: SyncDeps
  /** Called once a request is sent, or nobody waits any more: who comes later needs another reading. */
  readonly #onOver: () => void
  readonly #attempts = new Map<string, Attempt>()
  readonly #sent = Promise.withResolvers<Answered>()
  #sender: Attempt | undefined
  #waiting = 0

  constructor(deps: SyncDeps, onOver: () => void) {
    this.#deps = deps
    this.#onOver = onOver
    this.#sent.promise.catch(() => {})
  }

  async wait(request: RefreshRequest, maxWaitMs: number): Promise<Answered> {
    const attempt = this.#attempts.get(request.actor) ?? this.#begin(request, maxWaitMs)
    const left = Promise.withResolvers<Answered>()
    const message = 'The caller has left'
    const onAbort = () =>
      left.resolve({
        outcome: { outcome: 'VENDOR_FAILURE', message, status: null },
        askedFor: request.primaryEmail,
      })
    this.#waiting += 1
    attempt.waiting += 1
    if (request.signal?.aborted) onAbort()
    request.signal?.addEventListener('abort', onAbort)
    try {
      return await Promise.race([attempt.answer, left.promise])
    } finally {
      request.signal?.removeEventListener('abort', onAbort)
      this.#waiting -= 1
      attempt.waiting -= 1
      this.#abandon(request.actor, attempt)
    }
  }

  #begin(request: RefreshRequest, maxWaitMs: number): Attempt {
    const { actor, primaryEmail: askedFor } = request
    const abandoned = new AbortController()
    const onSending = () => {
      if (this.#sender && this.#sender !== attempt) throw new OvertakenError()
      this.#sender = attempt
      this.#onOver()
      for (const other of this.#attempts.values()) if (other !== attempt) other.abandoned.abort()
    }
    const reading = read(this.#deps, { ...request, signal: abandoned.signal }, maxWaitMs, onSending)
    const answer = reading.then((outcome) => ({ outcome, askedFor })).finally(() => this.#forget(actor, attempt))
    const attempt: Attempt = {
      answer: answer.then(
        (answered) => (this.#isOvertaken(attempt) ? this.#sent.promise : answered),
        (error) => (this.#isOvertaken(attempt) ? this.#sent.promise : Promise.reject(error)),
      ),
      abandoned,
      waiting: 0,
    }
    answer.then(
      (answered) => this.#sender === attempt && this.#sent.resolve(answered),
      (error) => this.#sender === attempt && this.#sent.reject(error),
    )
    attempt.answer.catch(() => {})
    this.#attempts.set(actor, attempt)
    return attempt
  }

  #forget(actor: string, attempt: Attempt): void {
    if (this.#attempts.get(actor) === attempt) this.#attempts.delete(actor)
  }

  #isOvertaken(attempt: Attempt): boolean {
    return this.#sender !== undefined && this.#sender !== attempt
  }

  /** A wait for a slot ends with the last caller it is for, a request with the last of all. */
  #abandon(actor: string, attempt: Attempt): void {
    if (attempt.waiting === 0 && attempt !== this.#sender) {
      attempt.abandoned.abort()
      this.#forget(actor, attempt)
    }
    if (this.#waiting > 0) return
    this.#sender?.abandoned.abort()
    this.#onOver()
  }
}

/** Another caller's request for the same user was sent first. */
class OvertakenError extends Error {
  override readonly name = 'OvertakenError'
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
