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

/** Before the n-th next look at a lease that somebody else holds: some milliseconds, with jitter. */
export async function waitTurn(n: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await sleep(Math.min(200, 15 * 2 ** Math.min(n, 4)) * (0.5 + Math.random()), undefined, signal && { signal })
}
