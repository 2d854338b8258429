import type { Shares } from './fair-queue.ts'
import type { Outage } from './outage.ts'
import type { SessionSettings } from './session.ts'

export interface PoolSettings {
  /** Name of the pool, for messages. */
  readonly name: string
  readonly session: SessionSettings
  /** Maximum number of connections. */
  readonly size: number
  readonly shares: Shares
  /** Maximum wait for a connection while all are in use, in milliseconds. */
  readonly waitMs: number
  /** Shared by the pools of one server. Ends the waits of callers while it is unreachable. */
  readonly outage: Outage
  /**
   * Asks the server to cancel the statement of a backend. Without this function, the connection is closed if a caller
   * leaves during a statement.
   */
  readonly cancel?: ((pid: number) => Promise<unknown>) | undefined
  /** Maximum time for a cancelled statement to end, in milliseconds. After that its connection is closed. */
  readonly settleMs: number
  /** Connections that were idle for this long, in milliseconds, are closed. */
  readonly idleMs: number
  /** Connections older than this, in milliseconds, are replaced, which frees their prepared statements and caches. */
  readonly lifetimeMs: number
  /** Called with each statement when it is sent. */
  readonly onStatement?: ((statement: string) => void) | undefined
  readonly observer?: PoolObserver | undefined
}

/** Times in milliseconds. */
export interface PoolObserver {
  /** `text` contains no value of a parameter. */
  statement(pool: string, milliseconds: number, text: string, isFailed: boolean): void
  waited(pool: string, milliseconds: number): void
}

export interface PoolCounts {
  readonly open: number
  readonly idle: number
  readonly waiting: number
}
