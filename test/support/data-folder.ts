import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A new folder for an embedded Postgres. If this process is root, the account that runs Postgres can reach it, so that
 * the data stays in it, and is removed with it.
 */
export async function dataFolder(purpose: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `essentials-graph-${purpose}-`))
  await chmod(path, 0o755)
  return path
}
