/**
 * Notifies waiters, in any process, when an organization's feed grows or an operation progresses. A notification only
 * means that there may be something to read: the rows are authoritative, and a lost notification only costs a wait.
 */
import type { Listen } from '../../db/database.ts'
import { SharedReads } from './coalesce-reads.ts'

/**
 * The payload is the id of the organization, sent when the change writer is written, or of the operation. Both ids are from
 * one sequence.
 */
export const wakeChannel = 'mirror_wakes'

export interface Notifier {
  /** The current count. Must be read before the data, so that no change in between is missed. */
  count(id: number): number
  /** Resolves when the count changes, after `atMostMs`, or when the signal is aborted. */
  after(id: number, count: number, options: { signal: AbortSignal; atMostMs: number }): Promise<void>
  /** Calls back after any count has changed. Returns a function that ends this. */
  onWake(callback: () => void): () => void
  /** The reads that the waiters of this process share. */
  readonly reads: SharedReads
  /** Number of ids with waiters. */
  readonly waiting: number
  close(): Promise<void>
}

/** Ids share counts to bound memory. If two ids share a count, a notification for either wakes both. */
const countsKept = 4_096

/**
 * Starts to listen with the first wait, on a dedicated connection. Keeps no state per id except its current waiters.
 */
export function openWakes(listen: Listen): Notifier {
  const counts = new Float64Array(countsKept)
  const waiting = new Map<number, Set<() => void>>()
  const callbacks = new Set<() => void>()
  let listening: Promise<{ unlisten(): Promise<void> }> | undefined

  function wake(id: number): void {
    counts[id % countsKept] = countOf(id) + 1
    for (const waiter of waiting.get(id) ?? []) waiter()
    for (const callback of callbacks) callback()
  }

  const countOf = (id: number) => counts[id % countsKept] ?? 0

  // Notifications may have been lost while disconnected, so every connect wakes all waiters.
  const onListen = () => {
    counts.forEach((count, i) => {
      counts[i] = count + 1
    })
    for (const waiters of waiting.values()) for (const waiter of waiters) waiter()
    for (const callback of callbacks) callback()
  }

  // Once is enough: the listener reconnects and listens again automatically, even if its first attempt fails.
  const startListening = () => {
    if (listening) return
    listening = listen(wakeChannel, (payload) => wake(Number(payload)), onListen)
    listening.catch(() => {})
  }

  return {
    count: countOf,
    reads: new SharedReads(),
    get waiting() {
      return waiting.size
    },
    onWake(callback) {
      callbacks.add(callback)
      startListening()
      return () => callbacks.delete(callback)
    },
    async after(id, count, { signal, atMostMs }) {
      startListening()
      if (countOf(id) !== count || signal.aborted) return
      const waiters = waiting.get(id) ?? new Set()
      waiting.set(id, waiters)
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          clearTimeout(timer)
          waiters.delete(wakeUp)
          if (waiters.size === 0 && waiting.get(id) === waiters) waiting.delete(id)
          signal.removeEventListener('abort', wakeUp)
          resolve()
        }
        const timer = setTimeout(wakeUp, atMostMs)
        waiters.add(wakeUp)
        signal.addEventListener('abort', wakeUp)
      })
    },
    async close() {
      const open = await listening?.catch(() => undefined)
      await open?.unlisten().catch(() => undefined)
    },
  }
}
