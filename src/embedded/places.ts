import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { chmod, lstat, mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Account, accountForNewData, accountOfData, canReach, isRoot } from './account.ts'
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts'
import { hasCode, isMissing } from './error-codes.ts'
import type { Log } from './log.ts'

/** Where a database is kept, and who runs it. */
export interface Places {
  /** The folder that was asked for, as the file system knows it. It holds the log. */
  dataDir: string
  /** The folder that holds the data and the lock: dataDir, unless the account cannot reach that. */
  home: string
  /** Postgres' own folder. */
  data: string
  account: Account
  /** Whether `data` was there already. */
  found: boolean
}

const NOTE = 'postgres-is-elsewhere.txt'

/** Makes the folder where it is missing; open to pass through for others (0711) where root does it, since Postgres is another user then. */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    if (await makeFolder(resolve(dataDir))) await chmod(dataDir, isRoot() ? 0o711 : 0o700)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const found = hasCode(error, 'EEXIST') ? 'is a file, or a link that leads nowhere' : `cannot be made (${code})`
    throw new EmbeddedPostgresFailed(
      `DATA_DIR, ${dataDir}, ${found}: it must be a folder, or a place where this user can make one. Or set DATABASE_URL.`,
      { cause: error },
    )
  }
}

/** Makes a folder, and those above it that are missing; whether it made any. Node's own `recursive` never ends below /proc, where nothing can be made. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST') && (await statIfThere(path))?.isDirectory()) return false
    const above = dirname(path)
    if (!hasCode(error, 'ENOENT') || above === path || !(await makeFolder(above))) throw error
    await mkdir(path)
    return true
  }
}

/** Finds the database of a folder, and changes nothing; undefined where there is none. */
export async function findPlaces(dataDir: string, major: number): Promise<Places | undefined> {
  const real = await realpath(dataDir).catch((error: unknown) => {
    if (isMissing(error) || hasCode(error, 'ELOOP', 'ENAMETOOLONG')) return undefined
    throw error
  })
  if (real === undefined) return undefined
  for (const home of [await readNote(real), real]) {
    if (home === undefined) continue
    const data = join(home, `postgres-${major}`)
    const folder = await statIfThere(data)
    if (folder === undefined || !(await isFilled(data))) continue
    return { dataDir: real, home, data, account: await runnerOf(data, folder), found: true }
  }
  return undefined
}

/**
 * Finds the database of a folder, or says where a new one goes: into the folder itself, or, where root's unprivileged account cannot
 * reach that, into one below /var/lib (else /var/tmp, /tmp) that is named by a hash of the folder's path.
 */
export async function choosePlaces(dataDir: string, major: number): Promise<Places> {
  const found = await findPlaces(dataDir, major)
  if (found !== undefined) return found
  const real = await realpath(dataDir)
  const account = await accountForNewData()
  const home = !isRoot() || (await canReach(account, real)) ? real : await makeHomeElsewhere(real, account)
  return { dataDir: real, home, data: join(home, `postgres-${major}`), account, found: false }
}

/**
 * Makes ready for a new database. Elsewhere there may be one of a folder of the same path that was removed since: it is set aside, as
 * whoever removes a folder wants to begin anew. The note that is left in dataDir tells the two cases apart.
 */
export async function preparePlaces(places: Places, log: Log): Promise<void> {
  if (places.found || places.home === places.dataDir) return
  const aside = `${places.data}.set-aside-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  try {
    await rename(places.data, aside)
    log('set aside the database of a folder that was removed', { dataDir: places.dataDir, aside })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await writeFile(join(places.dataDir, NOTE), noteText(places))
  log('the embedded Postgres cannot reach the folder, and keeps its data elsewhere', {
    dataDir: places.dataDir,
    data: places.data,
  })
}

/** A folder that only root can write, for what all data folders of this machine share. */
export async function makeMachineFolder(account: Account): Promise<string> {
  for (const folder of machineFolders()) {
    if (await makeOwnFolder(folder, account)) return folder
  }
  throw new EmbeddedPostgresFailed(
    `Postgres refuses to run as root, and the user with id ${account.uid} cannot reach DATA_DIR or node_modules; ` +
      `a folder for it could be made at none of ${machineFolders().join(', ')}. Use a DATA_DIR and a checkout that all can reach, or set DATABASE_URL.`,
  )
}

function machineFolders(): string[] {
  return ['/var/lib', '/var/tmp', '/tmp'].map((parent) => join(parent, 'essentials-graph'))
}

async function makeHomeElsewhere(real: string, account: Account): Promise<string> {
  const name = createHash('sha256').update(real).digest('hex').slice(0, 16)
  const home = join(await makeMachineFolder(account), name)
  if (await makeOwnFolder(home, account)) return home
  throw new EmbeddedPostgresFailed(
    `The folder ${home} is not root's own: it may have been tampered with. Look at it, then remove it.`,
  )
}

/** Makes a folder, or takes one that is there, if it is root's own and nobody else may write in it. */
async function makeOwnFolder(path: string, account: Account): Promise<boolean> {
  try {
    await mkdir(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EROFS', 'EACCES', 'EPERM')) return false
    if (!hasCode(error, 'EEXIST')) throw error
  }
  const found = await lstat(path)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) return false
  await chmod(path, 0o755)
  return canReach(account, path)
}

async function runnerOf(data: string, folder: Stats): Promise<Account> {
  const account = accountOfData(folder)
  if (account === undefined) {
    throw new EmbeddedPostgresFailed(
      `The database in ${data} belongs to the user with id ${folder.uid}, and this process runs as ${process.getuid?.()}. ` +
        'Run it as that user, or use another DATA_DIR, or set DATABASE_URL.',
    )
  }
  if (isRoot() && !(await canReach(account, data))) {
    throw new EmbeddedPostgresFailed(
      `The database in ${data} belongs to the user with id ${account.uid}, who has to run it but cannot reach it: ` +
        'a folder above it shuts others out. Let others pass through (chmod o+x), or move the data to where that user can reach it.',
    )
  }
  return account
}

/**
 * A folder without this file is no database: Postgres writes it, and a database gets its name only when it is complete.
 * What another user's folder holds cannot be seen; runnerOf refuses it.
 */
async function isFilled(data: string): Promise<boolean> {
  try {
    return (await statIfThere(join(data, 'PG_VERSION'))) !== undefined
  } catch (error) {
    if (hasCode(error, 'EACCES')) return true
    throw error
  }
}

/** Whoever may write in dataDir may write the note: only a folder of a machine folder is taken from it. */
async function readNote(dataDir: string): Promise<string | undefined> {
  try {
    const home = (await readFile(join(dataDir, NOTE), 'utf8')).split('\n')[0] ?? ''
    return isRoot() && machineFolders().includes(dirname(home)) ? home : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function noteText(places: Places): string {
  return `${places.home}

holds the database of this folder. Postgres does not run as root, and the user that runs it here (id ${places.account.uid}) cannot
reach this folder. Where this note is missing, the next start begins with an empty database and sets the old one aside.
`
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
}
