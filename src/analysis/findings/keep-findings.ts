import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Sql } from '../../mirror/database.ts'
import { evaluateFindings, readOrganizationsToEvaluate } from './evaluate.ts'

const everyMs = 1_000

/**
 * Looks every second whether some organization's mirror has learnt something, and brings its findings up to that. What one process begins
 * no other begins too, and what is cut off is begun again, so that any number of processes may do so.
 */
export function keepFindings(sql: Sql, logger: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async () => {
    while (!signal.aborted) {
      try {
        for (const id of await readOrganizationsToEvaluate(sql)) {
          if (!signal.aborted) await evaluateFindings(sql, id)
        }
      } catch (error) {
        logger.warn({ err: error }, 'findings could not be looked for')
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
