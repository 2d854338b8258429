import { addressKey } from '../../addresses/address-key.ts'
import { canonicalAddress } from '../../mirror/users/resolve-users.ts'
import { readingCaller } from '../../vendor/allowance.ts'
import { AllowanceExhaustedError } from '../../vendor/errors/allowance-errors.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { SyncDeps } from '../deps.ts'
import { readUser } from './read-user.ts'

interface RefreshRequest {
  readonly organizationId: number
  readonly primaryEmail: string
  readonly actor: string
  readonly signal?: AbortSignal
}

/** Reads one user from the vendor immediately, for a caller that waits for the result. */
export type RefreshUser = (request: RefreshRequest) => Promise<RefreshOutcome>

export type RefreshOutcome =
  /**
   * `changed` names the GraphQL fields of User that changed. For a user that is new to the mirror, it names every field
   * that has a value.
   */
  | { outcome: 'READ'; userId: number; changed: string[] }
  /** The vendor has no such user. If the mirror has one, it stays until a complete pull also lacks it. */
  | { outcome: 'NOT_FOUND' }
  /**
   * `problem` is the limit that was reached, as the beginning of a sentence: the caller appends "until" and the time.
   */
  | { outcome: 'BUDGET_EXHAUSTED'; problem: string; retryAt: string }
  | { outcome: 'VENDOR_FAILURE'; message: string; status: number | null }

/** Maximum wait of a caller for the allowance, in milliseconds. */
const longestWaitMs = 30_000

/**
 * Callers of one process that request the same user share one request until it is sent. A later caller needs a new
 * request: a response already in transit may be older than what that caller knows.
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
      // NOT_FOUND for another spelling does not apply to this spelling.
      if (outcome.outcome !== 'NOT_FOUND' || askedFor === request.primaryEmail) return outcome
    }
  }
}

interface Answered {
  readonly outcome: RefreshOutcome
  readonly askedFor: string
}

/** One caller's attempt to get a slot. */
interface Attempt {
  readonly answer: Promise<Answered>
  readonly abandoned: AbortController
  waiting: number
}

/**
 * A read of one user that several callers share. Each caller waits for a slot in its own share of the allowance, so
 * that none waits because another has used up its share. The first to get a slot sends the request for all of them.
 */
class SharedReading {
  readonly #deps: SyncDeps
  /** Called when the request is sent or no caller waits for it. Later callers need another read. */
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
    const message = 'The caller disconnected'
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

  /** An attempt is aborted when its last caller leaves. A sent request is aborted when all callers have left. */
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
    return { outcome: 'VENDOR_FAILURE', message: 'This process has no credentials for the organization', status: null }
  }
  try {
    const beforeSending = async () => onSending()
    const call = { priority: 'interactive', caller: readingCaller(actor), maxWaitMs, signal, beforeSending } as const
    const about = { origin: 'REFRESH', actor } as const
    const readAs = (spelled: string, decides: boolean) =>
      readUser(deps.sql, client, organizationId, spelled, { ...about, decides }, call, 'KEEP')
    const known = await canonicalAddress(deps.sql, organizationId, primaryEmail)
    const asKnown = await readAs(known, false)
    // The vendor may spell the address differently by now, and the caller may know that before the mirror. The account
    // at the known spelling does not exist.
    const reading = asKnown.found || known === primaryEmail ? asKnown : await readAs(primaryEmail, true)
    if (!reading.found) return { outcome: 'NOT_FOUND' }
    return { outcome: 'READ', userId: reading.userId, changed: [...reading.applied.changed] }
  } catch (error) {
    if (error instanceof AllowanceExhaustedError) {
      return { outcome: 'BUDGET_EXHAUSTED', problem: error.problem, retryAt: error.retryAt }
    }
    if (!(error instanceof EssentialsError)) throw error
    if (!signal?.aborted) deps.logger.warn({ err: error }, 'cannot refresh a user')
    return { outcome: 'VENDOR_FAILURE', message: error.message, status: error.status ?? null }
  }
}
