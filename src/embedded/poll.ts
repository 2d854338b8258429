import { setTimeout as pause } from 'node:timers/promises'

/**
 * Polls until there is a result other than undefined, and returns it; undefined after the limit (ms). For conditions of
 * other processes that send no notification.
 */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  limit: number,
): Promise<T | undefined> {
  const end = performance.now() + limit
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() >= end) return undefined
    await pause(5)
  }
}
