import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** A new folder that other users can reach. Disposal removes it, with any file modes in it. */
export async function temporaryFolder(mode = 0o755): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp('/tmp/embedded-test-')
  await chmod(path, mode)
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await promisify(execFile)('chmod', ['-R', 'u+rwX', path])
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The location of a database that is stored outside its folder, from the first line of the note about it. */
export async function elsewhere(dataDir: string): Promise<string> {
  const [home = ''] = (await readFile(join(dataDir, 'postgres-is-elsewhere.txt'), 'utf8')).split('\n')
  return home
}

/** Removes a database that is stored outside its folder. */
export async function removeElsewhere(home: string): Promise<void> {
  if (dirname(home).endsWith('/essentials-graph')) await rm(home, { recursive: true, force: true })
}
