/**
 * Wakes those who wait for an organization's feed to grow, in whichever process it does. A wake says nothing but that it is worth
 * looking: rows are the truth, and one that gets lost costs a wait.
 */
import type { Sql } from './database.ts'

/** Sent as the ledger is written, with the organization's id. */
export const feedChannel = 'mirror_feed'

export interface Wakes {
  /** To be taken before one looks, so that what comes in the meantime is not slept through. */
  count(organizationId: number): number
  /** Resolves when the organization's count is another, when so much time has passed, or when the signal is aborted. */
  after(organizationId: number, count: number, options: { signal: AbortSignal; atMostMs: number }): Promise<void>
  close(): Promise<void>
}

interface Waiting {
  count: number
  readonly sleepers: Set<() => void>
}

/** Listens from the first wait on, over one connection of its own. */
export function openWakes(sql: Sql): Wakes {
  const organizations = new Map<number, Waiting>()
  let listening: Promise<{ unlisten(): Promise<void> }> | undefined

  function waitingFor(organizationId: number): Waiting {
    const known = organizations.get(organizationId) ?? { count: 0, sleepers: new Set() }
    organizations.set(organizationId, known)
    return known
  }

  function wake(waiting: Waiting): void {
    waiting.count += 1
    for (const sleeper of waiting.sleepers) sleeper()
  }

  // Whoever was away may have missed some: at every connection, all look.
  const onListen = () => {
    for (const waiting of organizations.values()) wake(waiting)
  }

  return {
    count: (organizationId) => waitingFor(organizationId).count,
    async after(organizationId, count, { signal, atMostMs }) {
      listening ??= sql.listen(feedChannel, (id) => wake(waitingFor(Number(id))), onListen)
      listening.catch(() => {
        listening = undefined
      })
      const waiting = waitingFor(organizationId)
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
