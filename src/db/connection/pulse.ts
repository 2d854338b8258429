/**
 * Detects that Postgres has stopped to respond although its connections are open: its machine has stopped, or the network
 * loses everything. While callers wait and nothing arrives, it sends a statement that needs no table, lock or disk. A
 * server that is only busy answers it.
 */

export interface PulseOptions {
  readonly isAwaited: () => boolean
  readonly ping: () => Promise<unknown>
  readonly onSilent: () => void
}

/** Callers are answered within a second: one interval until the first look, and three for the ping. */
const lookMs = 200
const mostMisses = 4

export class Pulse {
  readonly #options: PulseOptions
  readonly #timer: NodeJS.Timeout
  #hasSign = false
  #isPinging = false
  #misses = 0

  constructor(options: PulseOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.look(), lookMs)
    this.#timer.unref()
  }

  /** Something has arrived from the server. */
  sign(): void {
    this.#hasSign = true
  }

  /**
   * Looks are counted, and no time is measured: after the process itself was busy, there is one look, and what has
   * arrived meanwhile is read before the next one.
   */
  look(): void {
    const { isAwaited, ping, onSilent } = this.#options
    const isFine = this.#hasSign || !isAwaited()
    this.#hasSign = false
    this.#misses = isFine ? 0 : this.#misses + 1
    if (isFine) return
    if (this.#misses === mostMisses) onSilent()
    if (this.#isPinging) return
    this.#isPinging = true
    const done = () => {
      this.#isPinging = false
    }
    ping().then(done, done)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
