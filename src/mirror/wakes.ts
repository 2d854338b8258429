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
  /** How many ids are waited for at this moment. */
  readonly waiting: number
  close(): Promise<void>
}

/** Ids share counts, so that none is kept for each: where two share one, a wake for either makes both look. */
const countsKept = 4_096

/** Listens from the first wait on, over one connection of its own. Of ids nothing is kept but who waits for them now. */
export function openWakes(listen: Listen): Wakes {
  const counts = new Float64Array(countsKept)
  const waiting = new Map<number, Set<() => void>>()
  let listening: Promise<{ unlisten(): Promise<void> }> | undefined

  function wake(id: number): void {
    counts[id % countsKept] = countOf(id) + 1
    for (const sleeper of waiting.get(id) ?? []) sleeper()
  }

  const countOf = (id: number) => counts[id % countsKept] ?? 0

  // Whoever was away may have missed some: at every connection, all look.
  const onListen = () => {
    counts.forEach((count, i) => {
      counts[i] = count + 1
    })
    for (const sleepers of waiting.values()) for (const sleeper of sleepers) sleeper()
  }

  return {
    count: countOf,
    get waiting() {
      return waiting.size
    },
    async after(id, count, { signal, atMostMs }) {
      // Once for good: the listener connects anew and listens again on its own, also where its first attempt fails.
      if (!listening) {
        listening = listen(wakeChannel, (told) => wake(Number(told)), onListen)
        listening.catch(() => {})
      }
      if (countOf(id) !== count || signal.aborted) return
      const sleepers = waiting.get(id) ?? new Set()
      waiting.set(id, sleepers)
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          clearTimeout(timer)
          sleepers.delete(wakeUp)
          if (sleepers.size === 0 && waiting.get(id) === sleepers) waiting.delete(id)
          signal.removeEventListener('abort', wakeUp)
          resolve()
        }
        const timer = setTimeout(wakeUp, atMostMs)
        sleepers.add(wakeUp)
        signal.addEventListener('abort', wakeUp)
      })
    },
    async close() {
      const open = await listening?.catch(() => undefined)
      await open?.unlisten().catch(() => undefined)
    },
  }
}
