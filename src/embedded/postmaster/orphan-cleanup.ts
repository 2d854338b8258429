import { rm } from 'node:fs/promises'
import { EmbeddedPostgresFailed } from '../errors.ts'
import { until } from '../poll.ts'
import type { Log } from './bounded-log.ts'
import { identifyProcess, postmasterFilePath, readPostmasterFile } from './postmaster-file.ts'
import { shutDown } from './shut-down.ts'
import { removeSocketFolder } from './socket-folder.ts'

/**
 * Cleans up the remains of a killed process in a data folder: its Postgres, its socket, and a postmaster.pid that names
 * a dead process. Call only while holding the folder's lock, which proves that no other process uses that Postgres.
 */
export async function clearOrphan(data: string, log: Log): Promise<void> {
  const file = await readPostmasterFile(data)
  if (file === undefined) return
  const found = await identifyProcess(file.pid, data)
  if (found === 'other postgres') {
    // Postgres's own error message is the best one. Without the file, Postgres could not report it.
    return
  }
  if (found === 'postmaster') {
    log('stopping the embedded Postgres that a killed process left running', { postmaster: file.pid, data })
    const gone = await shutDown(
      (signal) => process.kill(file.pid, signal),
      async (limit) =>
        (await until(async () => (await identifyProcess(file.pid, data)) !== 'postmaster' || undefined, limit)) ??
        false,
    )
    if (!gone) {
      throw new EmbeddedPostgresFailed(
        `A Postgres that a killed process left running on ${data} (pid ${file.pid}) cannot be stopped.`,
      )
    }
  }
  // If the process is dead, Postgres needs the file to find out whether parts of it still hold the shared memory. But
  // if the id now belongs to an unrelated process, or to a zombie, Postgres would consider that process alive.
  if (answersSignals(file.pid)) await rm(postmasterFilePath(data), { force: true })
  await removeSocketFolder(file.socketFolder)
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
