import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { chmod, lstat, mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Account, accountForNewData, accountOfData, canReach, isRoot } from './account.ts'
import { EmbeddedPostgresFailed, hasCode, isMissing } from './errors.ts'
import type { Log } from './postmaster/bounded-log.ts'

/** Where a database is stored, and which user runs it. */
export interface Places {
  /** The real path of the requested folder. It holds the log. */
  dataDir: string
  /** The folder of the data and the lock: dataDir, unless the account cannot reach it. */
  home: string
  /** Postgres's own folder. */
  data: string
  account: Account
  /** Whether `data` already existed. */
  found: boolean
}

const NOTE = 'postgres-is-elsewhere.txt'

/**
 * Creates the folder if it is missing. Root creates it traversable for others (0711), because Postgres runs as another
 * user then.
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    if (await makeFolder(resolve(dataDir))) await chmod(dataDir, isRoot() ? 0o711 : 0o700)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const found = hasCode(error, 'EEXIST') ? 'is a file or a broken link' : `cannot be created (${code})`
    throw new EmbeddedPostgresFailed(
      `DATA_DIR, ${dataDir}, ${found}: expected a folder, or a path where this user can create one. Or set DATABASE_URL.`,
      { cause: error },
    )
  }
}

/**
 * Creates a folder and its missing parents, and returns whether it created any. Node's own `recursive` never ends below
 * /proc, where nothing can be created.
 */
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

/** Finds the database of a folder without changing anything; undefined if there is none. */
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
 * Finds the database of a folder, or chooses the location of a new one. This is the folder itself, unless root's
 * unprivileged account cannot reach it: then it is a folder below /var/lib (or else /var/tmp, /tmp), named by a hash of
 * the path.
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
 * Prepares the location of a new database. Outside dataDir, there may be a database of a removed folder with the same
 * path. It is set aside, because removing a folder means starting over. The note in dataDir distinguishes the two
 * cases.
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
  log('Postgres cannot reach the folder, and keeps its data elsewhere', {
    dataDir: places.dataDir,
    data: places.data,
  })
}

/** A folder that only root can write to, for data that all data folders of this machine share. */
export async function makeMachineFolder(account: Account): Promise<string> {
  for (const folder of machineFolders()) {
    if (await makeOwnFolder(folder, account)) return folder
  }
  throw new EmbeddedPostgresFailed(
    `Postgres refuses to run as root, the user with id ${account.uid} cannot reach DATA_DIR or node_modules, ` +
      `and no folder could be created in ${machineFolders().join(', ')}. Use a DATA_DIR and a checkout that every user can reach, or set DATABASE_URL.`,
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
    `The folder ${home} is not owned by root, or others can write to it. It may have been tampered with. Inspect it, then remove it.`,
  )
}

/** Creates a folder, or accepts an existing one that root owns and that no one else may write to. */
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
      `The database in ${data} belongs to the user with id ${folder.uid}, but this process runs as ${process.getuid?.()}. ` +
        'Run it as that user, use another DATA_DIR, or set DATABASE_URL.',
    )
  }
  if (isRoot() && !(await canReach(account, data))) {
    throw new EmbeddedPostgresFailed(
      `The database in ${data} belongs to the user with id ${account.uid}, who must run it but cannot reach it: ` +
        'a parent folder denies access. Allow others to traverse it (chmod o+x), or move the data to a folder that this user can reach.',
    )
  }
  return account
}

/**
 * A folder without this file is not a database: Postgres writes the file, and a database gets its name only when it is
 * complete. The content of another user's folder is not visible; runnerOf rejects such a folder.
 */
async function isFilled(data: string): Promise<boolean> {
  try {
    return (await statIfThere(join(data, 'PG_VERSION'))) !== undefined
  } catch (error) {
    if (hasCode(error, 'EACCES')) return true
    throw error
  }
}

/**
 * Every user that may write to dataDir may write the note. Only paths inside a machine folder are therefore accepted
 * from it.
 */
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
reach this folder. Without this note, the next start creates an empty database and sets the old one aside.
`
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
}
