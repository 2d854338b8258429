/**
 * Answers that their callers have not taken yet. Each is held in memory until its socket has taken it, so a caller that does not read has
 * its connection closed, and can hold a bounded number of bytes meanwhile.
 */
import type { ServerResponse } from 'node:http'

export interface UnreadLimits {
  /** The most bytes of answers that one caller may leave unread in this process. */
  readonly bytesPerCaller: number
  /** An answer must be taken within this time, … */
  readonly patienceMs: number
  /** … and more for its length: so many bytes a second are slow for any network. */
  readonly leastBytesPerSecond: number
}

export const unreadLimits: UnreadLimits = {
  bytesPerCaller: 64 * 1024 * 1024,
  patienceMs: 30_000,
  leastBytesPerSecond: 100_000,
}

export class UnreadAnswers {
  readonly #limits: UnreadLimits
  readonly #bytes = new Map<string, number>()

  constructor(limits: UnreadLimits = unreadLimits) {
    this.#limits = limits
  }

  /** How many bytes the caller has not taken yet. */
  unread(caller: string): number {
    return this.#bytes.get(caller) ?? 0
  }

  /** Ends the response with the body. False, and nothing is sent, where the caller has too much unread. */
  send(caller: string, response: ServerResponse, body: Buffer): boolean {
    const { bytesPerCaller, patienceMs, leastBytesPerSecond } = this.#limits
    const unread = this.unread(caller) + body.length
    // One answer is sent in any case: its size has a limit of its own.
    if (unread > bytesPerCaller && unread > body.length) return false
    this.#bytes.set(caller, unread)
    const limitMs = patienceMs + (body.length / leastBytesPerSecond) * 1_000
    const timer = setTimeout(() => response.destroy(), limitMs).unref()
    response.once('close', () => {
      clearTimeout(timer)
      const left = this.unread(caller) - body.length
      if (left > 0) this.#bytes.set(caller, left)
      else this.#bytes.delete(caller)
    })
    response.end(body)
    return true
  }
}
