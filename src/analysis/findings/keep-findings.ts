import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Sql } from '../../db/database.ts'
import { evaluateFindings, readOrganizationsToEvaluate } from './evaluate.ts'

const everyMs = 1_000

/**
 * Checks every second whether the mirror of an organization has changed, and updates its findings. Any number of
 * processes can do this: they never work on the same organization simultaneously, and an interrupted evaluation is
 * started again.
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
        logger.warn({ err: error }, 'failed to evaluate findings')
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
