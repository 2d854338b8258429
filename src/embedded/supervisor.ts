import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './postmaster/bounded-log.ts'
import { type Postmaster, type PostmasterPlan, startPostmaster, stopPostmaster } from './postmaster/postmaster.ts'

/** A Postgres that is restarted when it ends unexpectedly. */
export interface KeptUp extends AsyncDisposable {
  readonly port: number
}

/** The number of immediate restarts within a minute. Further restarts wait for 1 s, 2 s, 4 s, …, at most 30 s. */
const AT_ONCE = 3
const WITHIN_MS = 60_000
const LONGEST_WAIT_MS = 30_000

/**
 * Starts Postgres, and restarts it when it ends unexpectedly, for example when the kernel kills it for lack of memory.
 * Clients reconnect to the same socket. If it keeps ending, it is restarted less often, but always again. Disposing
 * stops it.
 *
 * If this process exits without disposing, it signals Postgres to stop, so that nothing is left running. After a kill
 * -9, Postgres keeps running, and the next start cleans it up.
 */
export async function keepUp(plan: PostmasterPlan, log: Log): Promise<KeptUp> {
  let current = await startPostmaster(plan)
  const stopping = new AbortController()
  let restarting: Promise<void> | undefined
  const restarts: number[] = []

  const watch = (postmaster: Postmaster): void => {
    postmaster.process.once('exit', (code, signal) => {
      if (stopping.signal.aborted) return
      log('the embedded Postgres ended unexpectedly', { code, signal, logFile: plan.logFile })
      restarting = restart()
    })
  }
  const restart = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const now = performance.now()
      const often = restarts.filter((at) => now - at < WITHIN_MS).length
      restarts.push(now)
      const wait = often < AT_ONCE ? 0 : Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** (often - AT_ONCE))
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        current = await startPostmaster(plan)
      } catch (error) {
        log('the embedded Postgres could not be started, and is tried again', { error, logFile: plan.logFile })
        continue
      }
      watch(current)
      log('the embedded Postgres is running again')
      return
    }
  }
  const onExit = (): void => {
    current.process.kill('SIGINT')
    rmSync(plan.socketFolder, { recursive: true, force: true })
  }

  watch(current)
  process.once('exit', onExit)
  return {
    port: current.port,
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await restarting
      await stopPostmaster(current)
      process.off('exit', onExit)
    },
  }
}
