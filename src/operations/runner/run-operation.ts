import type { WriteDeps } from '../../writes/deps.ts'
import { claimItem } from './claim-item.ts'
import { runItem } from './run-item.ts'

/** How many items of one operation run concurrently: while one waits for an answer, others use the allowance. */
const lanes = 4

/**
 * Runs an operation until none of its items can be claimed. Any number of processes may call this concurrently and may
 * be killed: the rows record the remaining work. `stop`: ends the work in progress and begins no more.
 */
export async function runOperation(deps: WriteDeps, operationId: number, stop: AbortSignal): Promise<void> {
  let busy = 0
  let ended = Promise.withResolvers<void>()

  const lane = async () => {
    while (!stop.aborted) {
      const item = await claimItem(deps.sql, operationId)
      if (!item) {
        // The queued items may depend on an item that another lane is running.
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
