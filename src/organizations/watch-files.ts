/**
 * Reads the files of the organizations again when they change. Their state is polled: a watch of the file system misses a
 * file that is replaced by a rename, or a folder that a symbolic link no longer names, as in Kubernetes.
 */
import { stat } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { OrganizationFiles } from '../config/env.ts'
import type { ClientDirectory } from './client-directory.ts'

export interface FileWatch extends AsyncDisposable {
  /** Reads the files now. Never rejects. */
  reread(): Promise<void>
  /** Reads the files if they have changed and did not change since the last check. Never rejects. */
  check(): Promise<void>
}

/** A change takes effect within two checks. */
const everyMs = 2_000

export function watchOrganizationFiles(
  files: OrganizationFiles,
  directory: ClientDirectory,
  logger: Logger,
  intervalMs: number | null = everyMs,
): FileWatch {
  let seen = ''
  let handled: string | undefined
  let isFailed = false
  let reported = ''
  let turn = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function read(): Promise<void> {
    const found = files.read()
    const problem = 'problems' in found ? found.problems.join(' ') : ''
    if (problem !== reported && problem !== '')
      logger.error(`The organizations stay as they are, because the configuration is invalid: ${problem}`)
    reported = problem
    if ('problems' in found) return
    await directory.apply(found.organizations)
  }

  /** Readings run one after the other. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(async () => {
      try {
        await work()
        isFailed = false
      } catch (error) {
        if (!isFailed) logger.warn({ err: error }, 'cannot apply the organizations; retrying')
        isFailed = true
      }
    })
    return turn
  }

  const check = () =>
    inTurn(async () => {
      const now = await stateOf(files.paths)
      const isSettled = now === seen
      seen = now
      if (isSettled && now !== handled) {
        await read()
        handled = now
      }
      await directory.continueRetiring()
    })

  const schedule = () => {
    if (intervalMs === null || isStopped) return
    timer = setTimeout(() => check().then(schedule), intervalMs)
    timer.unref()
  }
  schedule()
  return {
    reread: () => inTurn(read),
    check,
    async [Symbol.asyncDispose]() {
      isStopped = true
      clearTimeout(timer)
      await turn
    },
  }
}

/** Differs after any change of a file, or of the file that a link names. */
async function stateOf(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async (path) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
        return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
      } catch (error) {
        return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      }
    }),
  )
  return states.join('\n')
}
