import { setTimeout as sleep } from 'node:timers/promises'

/** How long a holder that does not speak is waited for. */
export const leaseSeconds = 15
const renewEveryMs = 5_000

/** Renews a lease until it is told to stop. A renewal that fails is tried again: the lease outlasts two of them. */
export function keepRenewed(renew: () => Promise<unknown>): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const ended = (async () => {
    for (;;) {
      try {
        await sleep(renewEveryMs, undefined, { signal: stopping.signal, ref: false })
      } catch {
        return
      }
      await renew().catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

/**
 * Before the n-th next look at a lease that another holds: some milliseconds, with jitter. Rejects with the signal's reason. Those of one process
 * who wait for the same lease take turns, so that one of them looks.
 */
export async function waitTurn(n: number, signal: AbortSignal | undefined): Promise<void> {
  const pauseMs = Math.min(200, 15 * 2 ** Math.min(n, 4)) * (0.5 + Math.random())
  // A sleep that is aborted rejects with an error of its own.
  await sleep(pauseMs, undefined, signal && { signal }).catch(() => {})
  signal?.throwIfAborted()
}
