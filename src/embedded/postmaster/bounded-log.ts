import { closeSync, openSync } from 'node:fs'
import { copyFile, open, stat, truncate } from 'node:fs/promises'

const LIMIT = 4 * 1024 * 1024
const CHECK_EVERY_MS = 10_000

/**
 * Limits a log that another process writes to about 4 MiB. A larger log is moved to `<path>.1`, which is replaced, and
 * starts empty. The writer must have opened it for appending, so that it continues at the new end. Output between two
 * checks can exceed the limit.
 */
export async function keepLogBounded(path: string): Promise<Disposable> {
  await makeRoom(path)
  const timer = setInterval(() => void makeRoom(path).catch(() => {}), CHECK_EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** Opens a log for a child process to append to, and passes its descriptor to `use` for the duration of that call. */
export function withLogOpen<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(path, 'a', 0o600)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The size of a log in bytes; 0 if it does not exist. */
export async function sizeOfLog(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  return found?.size ?? 0
}

/** The last lines written to a log after it had `since` bytes, taken from its last 4 KiB. */
export async function lastLines(path: string, since: number, count = 15): Promise<string[]> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const start = Math.max(since > size ? 0 : since, size - 4096)
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start })
  return buffer.toString('utf8', 0, bytesRead).trim().split('\n').filter(Boolean).slice(-count)
}

async function makeRoom(path: string): Promise<void> {
  if ((await sizeOfLog(path)) <= LIMIT) return
  await copyFile(path, `${path}.1`)
  await truncate(path)
}

/** Logs a message with facts. */
export type Log = (message: string, facts?: object) => void
