import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, isRoot } from './account.ts'
import { EmbeddedPostgresFailed } from './errors.ts'
import { CHILD_ENVIRONMENT } from './postgres-config.ts'

/** The name of the user map in pg_ident.conf. */
const USER_MAP = 'essentials_graph'

/**
 * Writes pg_hba.conf and pg_ident.conf for peer authentication: the kernel identifies the user behind a Unix socket.
 * Only the account that runs Postgres, this process's user and root may connect, as `role`. The files are written at
 * every start, to update data folders of earlier versions, which trusted every client of the socket.
 */
export async function writeAccessRules(data: string, account: Account, role: string): Promise<void> {
  const names = new Set(['root', await ownName(), await nameOf(account)].filter((name) => name !== undefined))
  const header = '# Written at every start: changes are lost.\n'
  const mappings = [...names].map((name) => `${USER_MAP} ${quoted(name)} ${quoted(role)}\n`)
  await replaceFile(join(data, 'pg_ident.conf'), header + mappings.join(''), account)
  // A connection that matches no line is rejected.
  const rule = `local all ${quoted(role)} peer map=${USER_MAP}\n`
  await replaceFile(join(data, 'pg_hba.conf'), header + rule, account)
}

async function ownName(): Promise<string> {
  try {
    return userInfo().username
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `The user with id ${process.getuid?.()} has no name on this machine, and the embedded Postgres authenticates users by name. ` +
        'Add the user to /etc/passwd, or set DATABASE_URL.',
      { cause: error },
    )
  }
}

/** Undefined if this machine has no name for the account. Only root can connect then. */
async function nameOf(account: Account): Promise<string | undefined> {
  if (!isRoot()) return undefined
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'))
  const [local] = lines.find(([, , uid]) => uid === String(account.uid)) ?? []
  if (local) return local
  // Users of a directory service are not in /etc/passwd.
  const asked = promisify(execFile)('id', ['-un', String(account.uid)], { env: CHILD_ENVIRONMENT, timeout: 10_000 })
  return await asked.then(({ stdout }) => stdout.trim() || undefined).catch(() => undefined)
}

/** A quoted word has no special meaning in these files. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * The folder belongs to the account, which could replace a file with a link. Root therefore never opens an existing
 * name, but creates a new file and renames it.
 */
async function replaceFile(path: string, text: string, account: Account): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(text)
    if (isRoot()) await file.chown(account.uid, account.gid)
    await file.sync()
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
