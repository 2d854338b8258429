import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Calls `read` repeatedly until it returns something other than undefined or false. The test's time limit bounds the
 * wait.
 */
export async function until<T>(read: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (;;) {
    const found = await read()
    if (found !== undefined && found !== false) return found
    await sleep(10)
  }
}
