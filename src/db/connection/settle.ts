import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionLostError } from './errors.ts'
import type { Session } from './session.ts'

export interface SettleSettings {
  /** Asks the server to cancel the statement of a backend. */
  readonly cancel?: ((pid: number) => Promise<unknown>) | undefined
  /** Maximum time for a cancelled statement to end, in milliseconds. */
  readonly settleMs: number
}

const cancelAgainMs = 250

/**
 * Cancels the session's current statement. Resolves after both the statement and the cancel requests have completed:
 * only then may another caller use the session. Rejects if the statement does not end or cannot be cancelled; the
 * session must then be closed.
 */
export async function settle(session: Session, { cancel, settleMs }: SettleSettings): Promise<void> {
  const { busy } = session
  if (!busy || session.isLost) return
  if (!cancel) throw new ConnectionLostError('The caller left during a statement')
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), settleMs)
  try {
    // A cancel request that arrives between two protocol messages has no effect, so it is repeated.
    while (session.busy && !session.isLost && !late.signal.aborted) {
      await cancel(session.pid)
      await Promise.race([busy, sleep(cancelAgainMs, undefined, { signal: late.signal, ref: false }).catch(() => {})])
    }
  } finally {
    clearTimeout(timer)
  }
  if (session.busy) throw new ConnectionLostError('The statement did not end after it was cancelled')
}
