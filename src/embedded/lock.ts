import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts'
import { EmbeddedPostgresInUse } from './embedded-postgres-in-use.ts'

/**
 * A lock of the operating system's on a folder, taken at once or refused with EmbeddedPostgresInUse, which names `dataDir`.
 *
 * Node has no file locks of its own, but its SQLite takes one for an exclusive transaction. The kernel drops it with the process,
 * however that ends, and it holds between containers that share the folder and know nothing of each other's process ids.
 * The file stays where it is: removing it would let two processes lock two different files of one name.
 */
export function lockFolder(folder: string, dataDir = folder): Disposable {
  const holder = join(folder, 'postgres.lock-holder')
  const file = join(folder, 'postgres.lock')
  const lock = openLock(file)
  try {
    // Nothing is ever written in it, and so no journal needed.
    lock.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    lock.close()
    const busy = error instanceof Error && 'errcode' in error && error.errcode === 5
    if (busy) throw new EmbeddedPostgresInUse(dataDir, readHolder(holder))
    throw new EmbeddedPostgresFailed(`The folder ${folder} cannot be locked.`, { cause: error })
  }
  held.add(lock)
  // Who can read it could lock it, and keep us out.
  chmodSync(file, 0o600)
  writeFileSync(holder, `${process.pid}\n`)
  return {
    [Symbol.dispose]: () => {
      if (held.delete(lock)) lock.close()
    },
  }
}

/** A lock nobody refers to any more would be collected as garbage, and so be let go. */
const held = new Set<DatabaseSync>()

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path)
  } catch (error) {
    throw new EmbeddedPostgresFailed(`The lock file ${path} cannot be opened: is the folder writable for this user?`, {
      cause: error,
    })
  }
}

function readHolder(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}
