import { chown, lstat, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Account, canReach, isRoot } from '../account.ts'

const PREFIX = 'essentials-pg-'
/**
 * The path of a Unix socket is limited to 104 bytes on macOS and 108 on Linux. This uses at most 99, including
 * `/.s.PGSQL.65535` and six random letters.
 */
const LONGEST_PARENT = 99 - '/.s.PGSQL.65535'.length - `/${PREFIX}XXXXXX`.length

/**
 * Creates the folder of a socket. Its mode (0700) admits only the account and root; access-rules.ts determines who may
 * connect.
 */
export async function makeSocketFolder(account: Account): Promise<string> {
  const folder = await mkdtemp(join(await parentOfSockets(account), PREFIX))
  if (isRoot()) await chown(folder, account.uid, account.gid)
  return folder
}

/** Removes a folder that makeSocketFolder created, with its sockets. Other folders are left alone. */
export async function removeSocketFolder(folder: string): Promise<void> {
  if (!basename(folder).startsWith(PREFIX)) return
  const found = await lstat(folder).catch(() => undefined)
  if (!found?.isDirectory()) return
  for (const name of await readdir(folder)) {
    if (name.startsWith('.s.PGSQL.')) await rm(join(folder, name), { force: true })
  }
  await rmdir(folder).catch(() => {})
}

async function parentOfSockets(account: Account): Promise<string> {
  const own = tmpdir()
  if (Buffer.byteLength(own) > LONGEST_PARENT) return '/tmp'
  return (await canReach(account, own).catch(() => false)) ? own : '/tmp'
}
