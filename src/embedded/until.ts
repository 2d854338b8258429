import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again and again until there is an answer other than undefined, and gives that answer; undefined once the limit (ms) is over.
 * For conditions of other processes, which tell nobody when they come true.
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
