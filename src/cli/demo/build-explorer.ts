import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/**
 * Builds the explorer if its output is missing or stale, in a process of its own. Resolves to a description of the
 * failure, if there is one. The API works without the explorer.
 */
export async function buildExplorer(signal: AbortSignal): Promise<string | undefined> {
  const child = spawn(process.execPath, [join(root, 'build-explorer.ts'), '--if-stale'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  try {
    const [code] = await once(child, 'close')
    return code === 0 ? undefined : `The explorer could not be built:\n${errors}\n`
  } catch (error) {
    return signal.aborted ? undefined : `The explorer could not be built: ${String(error)}\n`
  }
}
