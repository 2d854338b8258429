import { ConnectionUnavailableError } from './errors.ts'

/** A single failure may concern one backend only. */
const failuresBeforeUnavailable = 2

interface Member {
  readonly openCount: () => number
  readonly onLong: (error: Error) => void
}

/**
 * Whether the server of one or several pools is unreachable. An outage begins with the first failed attempt to connect
 * while no connection is open, and ends with a success. Callers wait for its end only for a while after its beginning:
 * a request that needs several pools does not wait in each of them.
 */
export class Outage {
  readonly #longMs: number
  readonly #members: Member[] = []
  /** Errors of the latest consecutive failed attempts. Empty after a success. */
  #failures: unknown[] = []
  #timer: NodeJS.Timeout | undefined
  #isLong = false
  /** The server does not respond on open connections. */
  #silence: Error | undefined

  constructor(longMs: number) {
    this.#longMs = longMs
  }

  /** `onLong` is called when callers should no longer wait, and again for those that came since. */
  join(openCount: () => number, onLong: (error: Error) => void): void {
    this.#members.push({ openCount, onLong })
  }

  get isUnderWay(): boolean {
    return this.#timer !== undefined || this.#silence !== undefined
  }

  /** The error of new callers, if they should not wait. */
  get error(): Error | undefined {
    if (this.#silence) return this.#silence
    if (!this.#isLong || this.#isAnyOpen || this.#failures.length < failuresBeforeUnavailable) return undefined
    return new ConnectionUnavailableError('The database cannot be reached', { cause: this.#failures.at(-1) })
  }

  failed(error: unknown): void {
    this.#failures = [...this.#failures, error].slice(-failuresBeforeUnavailable)
    if (this.#isAnyOpen) return
    this.#timer ??= setTimeout(() => {
      this.#isLong = true
      this.#look()
    }, this.#longMs)
    this.#look()
  }

  /** Lasts until a connection is opened. */
  silent(): void {
    this.#silence = new ConnectionUnavailableError('The database does not respond')
    this.#look()
  }

  succeeded(): void {
    this.#silence = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isLong = false
    this.#failures = []
  }

  #look(): void {
    const { error } = this
    if (error) for (const { onLong } of this.#members) onLong(error)
  }

  get #isAnyOpen(): boolean {
    return this.#members.some(({ openCount }) => openCount() > 0)
  }
}
