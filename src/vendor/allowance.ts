/**
 * `interactive`: a person or a write waits for the request. `background`: nothing waits. A share of the slots is
 * reserved for interactive requests.
 */
export type Priority = 'interactive' | 'background'

/** Permission to send one request. Times are ISO 8601, UTC, with six fractional digits, from the database clock. */
export interface Slot {
  /** At or before the moment at which the request is sent. */
  readonly sentAt: string
  /** Returns the slot after the response has arrived. Resolves to the time of arrival. */
  release(): Promise<string>
}

/** The caller on whose behalf an interactive request is sent, and its limits. */
export interface Caller {
  readonly name: string
  /** This caller's maximum share of the interactive requests in a window, as a fraction of 1. */
  readonly share: number
  /** Maximum number of this caller's requests that may wait in this process. */
  readonly maxWaiting: number
}

export interface TakeOptions {
  /** What the request is about, such as one organization of a partner. The vendor may refuse it alone. */
  readonly area?: string | undefined
  /** The request asks whether the vendor accepts the credentials, which it has refused for an area. */
  readonly verifies?: boolean | undefined
  readonly priority: Priority
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number | undefined
  /** The longest pause of the key that is waited for; a longer one rejects at once. */
  readonly maxPauseMs?: number | undefined
}

/**
 * The rate-limit budget of one API key, shared by all processes.
 *
 * `take` rejects if no slot becomes free within `maxWaitMs`. The error has `retryAt` (ISO 8601) and `problem` (the
 * limit that was reached).
 */
export interface Allowance {
  take(options: TakeOptions): Promise<Slot>
  /** Delays every request made with the key, in all processes, because the vendor reported too many requests. */
  pause(milliseconds: number): Promise<void>
  /** Undefined: a 401 has no effect on other requests. */
  readonly guard?: CredentialGuard | undefined
}

/** Stops requests that the vendor might answer by a lock-out of the account, in all processes. */
export interface CredentialGuard {
  /** The vendor accepted the credentials of the slot's request, and so of those before it. */
  accept(slot: Slot): Promise<void>
  /**
   * The vendor refused the request. REFUSED: every request with these credentials is rejected for an hour, or until they
   * change. AREA: only those about the area are. DOUBTED: all wait until `settle` says which of the two is the case.
   */
  refuse(slot: Slot, area: string | undefined): Promise<'REFUSED' | 'DOUBTED' | 'AREA'>
  /** Call it after a request that verifies. */
  settle(area: string, isAccepted: boolean): Promise<void>
}

/** Limits on one caller's interactive requests. Documented in docs/operations.md. */

/** Limits for reads that precede no write: refreshes and dry runs. */
export function readingCaller(name: string): Caller {
  return { name, share: 1 / 4, maxWaiting: 10 }
}

/**
 * Limits for writes. A caller's reads and writes together leave a quarter of the interactive requests to other callers.
 */
export function writingCaller(name: string): Caller {
  return { name, share: 3 / 4, maxWaiting: 100 }
}
