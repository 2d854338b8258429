import { execFile } from 'node:child_process'
import { chown, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, isRoot, spawnedAs } from './account.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresFailed } from './errors.ts'
import { CHILD_ENVIRONMENT } from './postgres-config.ts'
import type { Log } from './postmaster/bounded-log.ts'

const LIMIT_MS = 120_000

/**
 * The owner of everything in the database. It has no password: the operating system authenticates clients
 * (access-rules.ts).
 */
export const SUPERUSER = 'app'

/**
 * Creates Postgres's data folder. It gets its final name when it is complete and synced to disk, so an existing data
 * folder can always be started, even after a kill. Call only while holding the lock on the parent folder.
 */
export async function createCluster(data: string, binaries: Binaries, account: Account, log: Log): Promise<void> {
  const home = dirname(data)
  await removeDrafts(data, log)
  const draft = await mkdtemp(`${data}.new-`)
  try {
    if (isRoot()) await chown(draft, account.uid, account.gid)
    await runInitdb(draft, binaries, account, log)
    await rename(draft, data)
    await syncFolder(home)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

/**
 * Removes folders that killed processes left incomplete. The initdb of one may still be writing there; it fails when
 * its files disappear.
 */
async function removeDrafts(data: string, log: Log): Promise<void> {
  const home = dirname(data)
  for (const name of await readdir(home)) {
    if (!name.startsWith(`${basename(data)}.new-`)) continue
    const draft = join(home, name)
    await rm(draft, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }).catch((error: unknown) => {
      log('an incomplete database of a killed process cannot be removed', { draft, error })
    })
  }
}

/**
 * Collation, letter case and character classes come from Postgres's builtin provider. But pg_trgm asks the C library
 * whether a character is a letter, and in the locale C only the 26 ASCII letters are. A Unicode locale is therefore
 * used for that, if the machine has one.
 */
async function runInitdb(data: string, binaries: Binaries, account: Account, log: Log): Promise<void> {
  const unicode = process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'
  const said = await tryInitdb(data, unicode, binaries, account)
  if (!said?.some((line) => line.includes('invalid locale name'))) return throwIfFailed(data, said)
  log('this machine has no Unicode locale: pg_trgm recognizes only ASCII letters', { missing: unicode })
  throwIfFailed(data, await tryInitdb(data, 'C', binaries, account))
}

/** Undefined on success, otherwise its error output. */
async function tryInitdb(
  data: string,
  ctype: string,
  binaries: Binaries,
  account: Account,
): Promise<string[] | undefined> {
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        ['-D', data],
        ['-U', SUPERUSER],
        ['--auth-local=peer', '--auth-host=reject'],
        ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--lc-ctype=${ctype}`],
        ['--no-instructions'],
      ].flat(),
      { ...spawnedAs(account), cwd: '/', env: CHILD_ENVIRONMENT, timeout: LIMIT_MS },
    )
    return undefined
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    return (stderr || String(error)).split('\n')
  }
}

function throwIfFailed(data: string, said: string[] | undefined): void {
  if (said !== undefined)
    throw new EmbeddedPostgresFailed(`initdb could not create a database in ${data}.`, { lastLines: said })
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
