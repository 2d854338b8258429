/**
 * Wakes those who wait for an organization's feed to grow, or for an operation to get on, in whichever process it does. A wake says
 * nothing but that it is worth looking: rows are the truth, and one that gets lost costs a wait.
 */
import type { Listen } from './database.ts'

/** Sent with the id of the organization, as the ledger is written, or of the operation: both are of one sequence. */
export const wakeChannel = 'mirror_wakes'

export interface Wakes {
  /** To be taken before one looks, so that what comes in the meantime is not slept through. */
  count(id: number): number
  /** Resolves when the count is another, when so much time has passed, or when the signal is aborted. */
  after(id: number, count: number, options: { signal: AbortSignal; atMostMs: number }): Promise<void>
  close(): Promise<void>
}

interface Waiting {
  count: number
  readonly sleepers: Set<() => void>
}

/** Listens from the first wait on, over one connection of its own. */
export function openWakes(listen: Listen): Wakes {
  const known = new Map<number, Waiting>()
  let listening: Promise<{ unlisten(): Promise<void> }> | undefined

  function waitingFor(id: number): Waiting {
    const waiting = known.get(id) ?? { count: 0, sleepers: new Set() }
    known.set(id, waiting)
    return waiting
  }

  function wake(waiting: Waiting | undefined): void {
    if (!waiting) return
    waiting.count += 1
    for (const sleeper of waiting.sleepers) sleeper()
  }

  // Whoever was away may have missed some: at every connection, all look.
  const onListen = () => {
    for (const waiting of known.values()) wake(waiting)
  }

  return {
    count: (id) => waitingFor(id).count,
    async after(id, count, { signal, atMostMs }) {
      listening ??= listen(wakeChannel, (told) => wake(known.get(Number(told))), onListen)
      listening.catch(() => {
        listening = undefined
      })
      const waiting = waitingFor(id)
      if (waiting.count !== count || signal.aborted) return
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          clearTimeout(timer)
          waiting.sleepers.delete(wakeUp)
          signal.removeEventListener('abort', wakeUp)
          resolve()
        }
        const timer = setTimeout(wakeUp, atMostMs)
        waiting.sleepers.add(wakeUp)
        signal.addEventListener('abort', wakeUp)
      })
    },
    async close() {
      const open = await listening?.catch(() => undefined)
      await open?.unlisten().catch(() => undefined)
    },
  }
}
