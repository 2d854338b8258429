/** Does work in the background that follows changes of the mirror. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Notifier } from './notifications.ts'

/** Minimum time between two rounds. */
const gapMs = 1_000
/** Maximum time between two rounds: a notification may be lost. */
const longestMs = 60_000

export interface Following {
  stop(): Promise<void>
}

/**
 * Runs `round` after the mirror has changed, until it returns that nothing is left to do. Without `wakes`, runs it every
 * second. A failure is logged as `failure`, and the round is repeated.
 */
export function followMirror(
  logger: Logger,
  wakes: Pick<Notifier, 'onWake'> | undefined,
  failure: string,
  round: (signal: AbortSignal) => Promise<boolean>,
): Following {
  const stopping = new AbortController()
  const { signal } = stopping
  let changed = Promise.withResolvers<void>()
  const unsubscribe = wakes?.onWake(() => changed.resolve())
  const run = async () => {
    while (!signal.aborted) {
      changed = Promise.withResolvers()
      let isUpToDate = false
      try {
        isUpToDate = await round(signal)
      } catch (error) {
        logger.warn({ err: error }, failure)
      }
      await sleep(gapMs, undefined, { signal }).catch(() => {})
      if (wakes && isUpToDate) await either(changed.promise, longestMs - gapMs, signal)
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      unsubscribe?.()
      await running
    },
  }
}

/** Waits for the promise, the time or the signal. */
async function either(promise: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const ended = new AbortController()
  const timer = sleep(ms, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).catch(() => {})
  await Promise.race([promise, timer])
  ended.abort()
}
