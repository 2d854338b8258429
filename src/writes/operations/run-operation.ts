import type { WriteDeps } from '../deps.ts'
import { claimItem } from './claim-item.ts'
import { runItem } from './run-item.ts'

/** How many items of one operation are worked on at once: while one waits for its answer, others use the allowance. */
const lanes = 4

/**
 * Works on an operation until none of its items can be taken up now. May be called by any number of processes at once, and be killed:
 * the rows say what is left. `stop`: ends what is under way, and begins nothing more.
 */
export async function runOperation(deps: WriteDeps, operationId: number, stop: AbortSignal): Promise<void> {
  let busy = 0
  let ended = Promise.withResolvers<void>()

  const lane = async () => {
    while (!stop.aborted) {
      const item = await claimItem(deps.sql, operationId)
      if (!item) {
        // What another lane is at may be what the waiting items wait for.
        if (busy === 0) return
        await ended.promise
        continue
      }
      busy += 1
      try {
        await runItem(deps, item, stop)
      } finally {
        busy -= 1
        ended.resolve()
        ended = Promise.withResolvers()
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
