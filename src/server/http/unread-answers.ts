/**
 * Responses that their callers have not read yet. Each is held in memory until its socket has accepted it. A caller
 * that does not read has its connection closed, and can hold only a bounded number of bytes until then.
 */
import type { ServerResponse } from 'node:http'

export interface UnreadLimits {
  /** The maximum number of unread bytes of one caller in this process. */
  readonly bytesPerCaller: number
  /** The time limit for reading a response, … */
  readonly patienceMs: number
  /** … which is extended by its length: this rate in bytes per second is slow for any network. */
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

  /** The number of bytes that the caller has not read yet. */
  unread(caller: string): number {
    return this.#bytes.get(caller) ?? 0
  }

  /**
   * Sends the body and ends the response. Returns false, and sends nothing, if the caller has too many unread bytes.
   */
  send(caller: string, response: ServerResponse, body: Buffer): boolean {
    const { bytesPerCaller, patienceMs, leastBytesPerSecond } = this.#limits
    const unread = this.unread(caller) + body.length
    // One response is always sent: its size has its own limit.
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
