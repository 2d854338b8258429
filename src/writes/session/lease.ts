import { setTimeout as sleep } from 'node:timers/promises'

/** How long a lease is valid without a renewal. */
export const leaseSeconds = 15
const renewEveryMs = 5_000

/** Renews a lease until stopped. A failed renewal is repeated: the lease outlasts two failures. */
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
 * Pauses a few milliseconds, with jitter, before the n-th further check of a lease that another holder has. Rejects
 * with the signal's reason. The waiters of one process take turns, so that only one of them checks.
 */
export async function waitTurn(n: number, signal: AbortSignal | undefined): Promise<void> {
  const pauseMs = Math.min(200, 15 * 2 ** Math.min(n, 4)) * (0.5 + Math.random())
  // An aborted sleep rejects with its own error.
  await sleep(pauseMs, undefined, signal && { signal }).catch(() => {})
  signal?.throwIfAborted()
}
