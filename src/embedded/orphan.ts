import { rm } from 'node:fs/promises'
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts'
import type { Log } from './log.ts'
import { identifyProcess, postmasterFilePath, readPostmasterFile } from './postmaster-file.ts'
import { shutDown } from './shut-down.ts'
import { removeSocketFolder } from './socket-folder.ts'
import { until } from './until.ts'

/**
 * Ends what a killed process left behind on a data folder: its Postgres, its socket, a postmaster.pid that names a process long gone.
 * Only for the holder of the folder's lock, which proves that nobody's Postgres is ended.
 */
export async function clearOrphan(data: string, log: Log): Promise<void> {
  const file = await readPostmasterFile(data)
  if (file === undefined) return
  const found = await identifyProcess(file.pid, data)
  if (found === 'other postgres') {
    // Postgres itself says best what is wrong; with its file removed it could not.
    return
  }
  if (found === 'postmaster') {
    log('stopping the embedded Postgres that a killed process left running', { pid: file.pid, data })
    const gone = await shutDown(
      (signal) => process.kill(file.pid, signal),
      async (limit) =>
        (await until(async () => (await identifyProcess(file.pid, data)) !== 'postmaster' || undefined, limit)) ??
        false,
    )
    if (!gone) {
      throw new EmbeddedPostgresFailed(
        `A Postgres that a killed process left running on ${data} (pid ${file.pid}) cannot be ended.`,
      )
    }
  }
  // Of a dead process Postgres needs the file, to find out whether parts of it still hold the shared memory. But where the id is of a
  // process by now that has nothing to do with it, or of one that ended and nobody waits for, Postgres would take it for alive.
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
