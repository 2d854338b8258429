/**
 * Decides when a worker looks for work: when something becomes due, when another process reports new work, and when a
 * job of this process has ended. An idle worker sends one statement a minute.
 */
import type { Logger } from 'pino'
import type { Listen } from '../db/database.ts'
import { workChannel } from '../mirror/work-wakes.ts'
import { nowAndThen } from './throttled-error-log.ts'

export interface WatcherOptions {
  readonly listen: Listen
  readonly logger: Logger
  /** Minimum time between two looks, in milliseconds. */
  readonly gapMs: number
  /** Maximum time between two looks: a notification may be lost. */
  readonly longestMs: number
}

export interface WorkWatcher {
  /** Looks soon. `ids`: running pulls, or organizations, whose jobs are to be pushed. */
  wake(...ids: readonly number[]): void
  stop(): Promise<void>
}

/**
 * Calls `look` with the ids of the calls of `wake` since the last look, or with ALL at the start and after notifications
 * may have been lost. It resolves to the time until the next look.
 */
export function watchWork(
  look: (woken: readonly number[] | 'ALL') => Promise<number>,
  { listen, logger, gapMs, longestMs }: WatcherOptions,
): WorkWatcher {
  let woken = new Set<number>()
  let isAll = true
  let isStopped = false
  let isDue = true
  let wakeUp = () => {}
  const warn = nowAndThen((error, times) => logger.warn({ err: error, times }, 'cannot look for work'))

  const wake = (...ids: readonly number[]) => {
    for (const id of ids) woken.add(id)
    isDue = true
    wakeUp()
  }
  const onListening = () => {
    isAll = true
    wake()
  }
  let open: { unlisten(): Promise<void> } | undefined
  listen(workChannel, (payload) => wake(Number(payload)), onListening).then(
    (opened) => {
      open = opened
    },
    () => {},
  )

  /** Waits for a call of `wake`, or only for the time if one came already. */
  const pause = (ms: number, mayEndEarly: boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        if (!mayEndEarly && !isStopped) return
        clearTimeout(timer)
        resolve()
      }
      if (isStopped || (mayEndEarly && isDue)) wakeUp()
    })

  const run = async () => {
    while (!isStopped) {
      isDue = false
      const [ids, all] = [woken, isAll]
      woken = new Set()
      isAll = false
      let nextMs = gapMs
      try {
        nextMs = await look(all ? 'ALL' : [...ids])
      } catch (error) {
        for (const id of ids) woken.add(id)
        isAll ||= all
        isDue = true
        if (!isStopped) warn(error instanceof Error ? error : new Error(String(error)))
      }
      await pause(gapMs, false)
      await pause(Math.max(0, Math.min(longestMs, nextMs) - gapMs), true)
    }
  }
  const running = run()
  return {
    wake,
    async stop() {
      isStopped = true
      wakeUp()
      await running
      await open?.unlisten().catch(() => undefined)
    },
  }
}
