import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './log.ts'
import { type Postmaster, type PostmasterPlan, startPostmaster, stopPostmaster } from './postmaster.ts'

/** A Postgres that is started again when it ends by itself. */
export interface KeptUp extends AsyncDisposable {
  readonly port: number
}

/** So many times within a minute it is started again at once, then after 1 s, 2 s, 4 s, …, half a minute at most. */
const AT_ONCE = 3
const WITHIN_MS = 60_000
const LONGEST_WAIT_MS = 30_000

/**
 * Starts Postgres, and starts it anew where it ends without having been asked to: killed for want of memory, say. Clients reconnect
 * to the same socket. Where it keeps ending it is started less often, and never given up. Disposing stops it.
 *
 * Where this process exits without disposing, Postgres is told to stop, so that nothing is left running; after a kill -9 it stays,
 * and the next start clears it away.
 */
export async function keepUp(plan: PostmasterPlan, log: Log): Promise<KeptUp> {
  let current = await startPostmaster(plan)
  const stopping = new AbortController()
  let restarting: Promise<void> | undefined
  const restarts: number[] = []

  const watch = (postmaster: Postmaster): void => {
    postmaster.process.once('exit', (code, signal) => {
      if (stopping.signal.aborted) return
      log('the embedded Postgres ended by itself', { code, signal, logFile: plan.logFile })
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
        log('the embedded Postgres does not start, and is tried again', { error, logFile: plan.logFile })
        continue
      }
      watch(current)
      log('the embedded Postgres is up again')
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
