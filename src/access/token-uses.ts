import type { Logger } from 'pino'
import type { Sql } from '../db/database.ts'

/** Delay before the next attempt after recording uses failed. */
const useRetryMs = 60_000

/** Records the day of a token's last use: once a day per token and process, and never while a caller waits. */
export function openUses(sql: Sql, logger: Logger, now: () => number) {
  const recordedOn = new Map<number, string>()
  let waiting = new Set<number>()
  let isWriting = false
  let retryAt = -Infinity

  async function write(): Promise<void> {
    while (waiting.size > 0) {
      const ids = [...waiting]
      waiting = new Set()
      try {
        await sql`
          update api_tokens set last_used_on = (clock_timestamp() at time zone 'UTC')::date
          where id = any(${`{${ids.join(',')}}`}::text::bigint[])
            and last_used_on is distinct from (clock_timestamp() at time zone 'UTC')::date`
      } catch (error) {
        for (const id of ids) recordedOn.delete(id)
        retryAt = now() + useRetryMs
        logger.warn({ err: error }, 'cannot record the day of last use of tokens')
      }
    }
  }

  return {
    record(id: number, today: string): void {
      if (recordedOn.get(id) === today || now() < retryAt) return
      recordedOn.set(id, today)
      waiting.add(id)
      if (isWriting) return
      isWriting = true
      // Deferred so that the response to the caller is sent first.
      setImmediate(() => {
        write().finally(() => {
          isWriting = false
        })
      })
    },
  }
}
