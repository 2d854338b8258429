import { rmSync } from 'node:fs'
import type { Log } from './log.ts'
import { type Postmaster, type PostmasterPlan, startPostmaster, stopPostmaster } from './postmaster.ts'

/** A Postgres that is started again when it ends by itself. */
export interface KeptUp extends AsyncDisposable {
  readonly port: number
}

const RESTARTS = 3
const WITHIN_MS = 60_000

/**
 * Starts Postgres, and starts it anew where it ends without having been asked to: killed for want of memory, say. Clients reconnect
 * to the same socket. After three times in a minute it is left down, with an error in the log. Disposing stops it.
 *
 * Where this process exits without disposing, Postgres is told to stop, so that nothing is left running; after a kill -9 it stays,
 * and the next start clears it away.
 */
export async function keepUp(plan: PostmasterPlan, log: Log): Promise<KeptUp> {
  let current = await startPostmaster(plan)
  let stopping = false
  let restarting: Promise<void> | undefined
  const restarts: number[] = []

  const watch = (postmaster: Postmaster): void => {
    postmaster.process.once('exit', (code, signal) => {
      if (stopping) return
      log('the embedded Postgres ended by itself', { code, signal, logFile: plan.logFile })
      restarting = restart().catch((error: unknown) => {
        log('the embedded Postgres stays down', { error, logFile: plan.logFile })
      })
    })
  }
  const restart = async (): Promise<void> => {
    const now = performance.now()
    if (restarts.filter((at) => now - at < WITHIN_MS).length >= RESTARTS) {
      throw new Error(`it was started again ${RESTARTS} times within a minute`)
    }
    restarts.push(now)
    current = await startPostmaster(plan)
    watch(current)
    log('the embedded Postgres is up again')
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
      stopping = true
      await restarting
      await stopPostmaster(current)
      process.off('exit', onExit)
    },
  }
}
