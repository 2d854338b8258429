import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Sql } from '../../db/database.ts'
import type { Notifier } from '../../mirror/feed/notifications.ts'
import { evaluateFindings, readOrganizationsToEvaluate } from './evaluate.ts'

/** Minimum time between two checks. */
const gapMs = 1_000
/** Maximum time between two checks: a notification may be lost. */
const longestMs = 60_000

/**
 * Updates the findings of an organization when its mirror has changed. Without `wakes`, checks this every second. Any
 * number of processes can do this: they never work on the same organization simultaneously, and an interrupted
 * evaluation is started again.
 */
export function keepFindings(sql: Sql, logger: Logger, wakes?: Pick<Notifier, 'onWake'>): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  let changed = Promise.withResolvers<void>()
  const unsubscribe = wakes?.onWake(() => changed.resolve())
  const run = async () => {
    while (!signal.aborted) {
      changed = Promise.withResolvers()
      let isUpToDate = false
      try {
        const organizations = await readOrganizationsToEvaluate(sql)
        isUpToDate = organizations.length === 0
        for (const id of organizations) if (!signal.aborted) await evaluateFindings(sql, id)
      } catch (error) {
        logger.warn({ err: error }, 'failed to evaluate findings')
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
