import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionLostError } from './errors.ts'
import type { Session } from './session.ts'

export interface SettleSettings {
  /** Asks the server to cancel what a backend does. */
  readonly cancel?: ((pid: number) => Promise<unknown>) | undefined
  /** How long a cancelled statement may take to end. */
  readonly settleMs: number
}

const cancelAgainMs = 250

/**
 * Cancels the statement that a session is busy with, and resolves once that and the requests to cancel are answered: only then may
 * another caller have the session. Rejects where the statement does not end, or cannot be cancelled; then the session must be closed.
 */
export async function settle(session: Session, { cancel, settleMs }: SettleSettings): Promise<void> {
  const { busy } = session
  if (!busy || session.isLost) return
  if (!cancel) throw new ConnectionLostError('The caller left its statement')
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), settleMs)
  try {
    // A request that arrives between two messages of one statement does nothing, so it is repeated.
    while (session.busy && !session.isLost && !late.signal.aborted) {
      await cancel(session.pid)
      await Promise.race([busy, sleep(cancelAgainMs, undefined, { signal: late.signal, ref: false }).catch(() => {})])
    }
  } finally {
    clearTimeout(timer)
  }
  if (session.busy) throw new ConnectionLostError('The statement did not end when it was cancelled')
}
