import type { Stats } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The operating-system user that runs Postgres. */
export interface Account {
  uid: number
  gid: number
  /** All groups whose permissions it has. A process started for another user has only that user's primary group. */
  gids: readonly number[]
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * The account for a new database: this process's own user. If that is root, as which Postgres refuses to run, a user
 * that every machine has. `postgres` is preferred to `nobody`, which unrelated services share.
 */
export async function accountForNewData(): Promise<Account> {
  if (!isRoot()) return self()
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const user = users.find(([candidate]) => candidate === name)
    const [uid, gid] = [Number(user?.[2]), Number(user?.[3])]
    if (uid > 0 && gid > 0) return { uid, gid, gids: [gid] }
  }
  throw new Error(
    'Postgres refuses to run as root, and /etc/passwd has neither a user `postgres` nor `nobody` to run it as.',
  )
}

/**
 * The account of an existing database is its owner, because no other user may run it. Undefined if this process may not
 * act for the owner.
 */
export function accountOfData(data: Stats): Account | undefined {
  if (data.uid === process.getuid?.()) return isRoot() ? undefined : self()
  return isRoot() ? { uid: data.uid, gid: data.gid, gids: [data.gid] } : undefined
}

/** Options with which `spawn` starts a process as the account. Only root may use them. */
export function spawnedAs(account: Account): { uid?: number; gid?: number } {
  return isRoot() ? { uid: account.uid, gid: account.gid } : {}
}

/**
 * Whether the mode bits of a file grant the account all of these permissions: 4 to read, 2 to write, 1 to execute or
 * traverse.
 */
export function mayAccess(account: Account, file: Stats, bits: number): boolean {
  const shift = file.uid === account.uid ? 6 : account.gids.includes(file.gid) ? 3 : 0
  return ((file.mode >> shift) & bits) === bits
}

/** Whether the account may traverse a folder and all its parents, according to their mode bits. */
export async function canReach(account: Account, path: string): Promise<boolean> {
  for (let folder = await realpath(path); ; folder = dirname(folder)) {
    if (!mayAccess(account, await stat(folder), 1)) return false
    if (folder === dirname(folder)) return true
  }
}

function self(): Account {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1]
  return { uid, gid, gids: [gid, ...(process.getgroups?.() ?? [])] }
}
