import { execFile } from 'node:child_process'
import { chown, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, isRoot, spawnedAs } from './account.ts'
import type { Binaries } from './binaries.ts'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts'
import type { Log } from './log.ts'

const LIMIT_MS = 120_000

/** Who owns everything in the database. No password: the operating system says who connects (access-rules.ts). */
export const SUPERUSER = 'app'

/**
 * Makes Postgres' data folder. It gets its name when it is complete and on disk, so that one that is there can be started, whenever
 * a process was killed. Only for the holder of the lock on the folder above it.
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

/** What killed processes left half made. The initdb of one may still be writing there; it fails as its files go. */
async function removeDrafts(data: string, log: Log): Promise<void> {
  const home = dirname(data)
  for (const name of await readdir(home)) {
    if (!name.startsWith(`${basename(data)}.new-`)) continue
    const draft = join(home, name)
    await rm(draft, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }).catch((error: unknown) => {
      log('a half-made database of a killed process cannot be removed', { draft, error })
    })
  }
}

/**
 * Collation, case and classes of characters are Postgres' own (builtin). But pg_trgm asks the C library whether a character is a letter,
 * and under the locale C none but the 26 is: so one that knows Unicode is named for that, where the machine has it.
 */
async function runInitdb(data: string, binaries: Binaries, account: Account, log: Log): Promise<void> {
  const unicode = process.platform === 'darwin' ? 'UTF-8' : 'C.UTF-8'
  const said = await tryInitdb(data, unicode, binaries, account)
  if (!said?.some((line) => line.includes('invalid locale name'))) return throwIfFailed(data, said)
  log('this machine has no locale for Unicode: pg_trgm will see letters in ASCII only', { missing: unicode })
  throwIfFailed(data, await tryInitdb(data, 'C', binaries, account))
}

/** Undefined where it went well, else what it said. */
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
    throw new EmbeddedPostgresFailed(`initdb could not make a database in ${data}.`, { lastLines: said })
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
