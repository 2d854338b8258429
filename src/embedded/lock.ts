import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedPostgresFailed, EmbeddedPostgresInUse } from './errors.ts'

/**
 * Takes an operating-system lock on a folder immediately, or throws EmbeddedPostgresInUse, which names `dataDir`.
 *
 * Node has no file locks, but its SQLite takes one for an exclusive transaction. The kernel releases it with the
 * process, however that ends. It also works between containers that share the folder and do not see each other's
 * process ids. The file is never removed: otherwise two processes could lock two different files of the same name.
 */
export function lockFolder(folder: string, dataDir = folder): Disposable {
  const holder = join(folder, 'postgres.lock-holder')
  const file = join(folder, 'postgres.lock')
  const lock = openLock(file)
  try {
    // Nothing is ever written to it, so it needs no journal.
    lock.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    lock.close()
    const busy = error instanceof Error && 'errcode' in error && error.errcode === 5
    if (busy) throw new EmbeddedPostgresInUse(dataDir, readHolder(holder))
    throw new EmbeddedPostgresFailed(`The folder ${folder} cannot be locked.`, { cause: error })
  }
  held.add(lock)
  // A user who can read the file could lock it and block us.
  chmodSync(file, 0o600)
  writeFileSync(holder, `${process.pid}\n`)
  return {
    [Symbol.dispose]: () => {
      if (held.delete(lock)) lock.close()
    },
  }
}

/** Keeps references: an unreferenced lock would be garbage-collected, and so released. */
const held = new Set<DatabaseSync>()

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path)
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `The lock file ${path} cannot be opened. Check that this user can write to the folder.`,
      {
        cause: error,
      },
    )
  }
}

function readHolder(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}
