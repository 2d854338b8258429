/** Who waits: somebody in front of a screen or a write, or work that nobody waits for. A share of the slots is kept for the first. */
export type Priority = 'interactive' | 'background'

/** The right to send one request. Times are ISO 8601, UTC, with six digits of fraction, by the database's clock. */
export interface Slot {
  /** Not later than the moment at which the request is sent. */
  readonly sentAt: string
  /** Gives the slot back once the answer is there; resolves to the time of its arrival. */
  release(): Promise<string>
}

/** The caller that an interactive request is sent for, and its bounds. */
export interface Caller {
  readonly name: string
  /** The share of the interactive requests of a window that may be this caller's. */
  readonly share: number
  /** How many of its requests may wait in this process. */
  readonly maxWaiting: number
}

export interface TakeOptions {
  readonly priority: Priority
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number | undefined
  /** The longest pause of the key that is waited for; a longer one rejects at once. */
  readonly maxPauseMs?: number | undefined
}

/**
 * The requests that one API key may send, over all processes.
 * `take` rejects with an error that has `retryAt` (ISO 8601) and `problem` (the limit that was reached) if no slot can be had within
 * `maxWaitMs`.
 */
export interface Allowance {
  take(options: TakeOptions): Promise<Slot>
  /** Holds back every request of the key, those of other processes too: the vendor said that it is sent too much. */
  pause(milliseconds: number): Promise<void>
}
