import { setTimeout as sleep } from 'node:timers/promises'

/** What `read` gives once it gives anything but undefined or false; asked for again and again until then. The test's time limit ends it. */
export async function until<T>(read: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (;;) {
    const found = await read()
    if (found !== undefined && found !== false) return found
    await sleep(10)
  }
}
