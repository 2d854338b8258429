/** Whether the job queue works, put down where readers see it: without it no pull goes on, and nobody else can say so. */
import { setTimeout as wait } from 'node:timers/promises'
import { putQueueProblem } from '../mirror/put-queue-problem.ts'
import type { SyncDeps } from './deps.ts'
import type { JobQueue } from './queue.ts'

/** How long the store may take to answer. With the interval between two checks it stays below the 30 s after which `problem` must say so. */
const patienceMs = 10_000
/** Ticks come every second. This is how late one may be taken up before the workers count as standing still. */
const longestDelayMs = 10_000

/** Makes sure that the clock is in the queue, and puts down what keeps the queue from working. `isFirst`: no worker may have run before. */
export async function checkQueue(deps: SyncDeps, queue: JobQueue, tickMs: number, isFirst: boolean): Promise<void> {
  const problem = await problemOf(deps, queue, tickMs, isFirst)
  try {
    await putQueueProblem(deps.sql, (organizationId) => deps.clientOf(organizationId) !== undefined, problem)
  } catch (error) {
    deps.logger.warn({ err: error }, 'the state of the queue could not be stored')
  }
}

async function problemOf(
  deps: SyncDeps,
  queue: JobQueue,
  tickMs: number,
  isFirst: boolean,
): Promise<string | undefined> {
  const late = new AbortController()
  try {
    const delayMs = await Promise.race([
      queue.schedule(tickMs),
      wait(patienceMs, undefined, { signal: late.signal, ref: false }).then(() => {
        throw new Error(`its store did not answer within ${patienceMs / 1_000} s`)
      }),
    ])
    if (isFirst || delayMs <= longestDelayMs) return undefined
    return `The job queue does not work: no worker has taken up a job for ${Math.round(delayMs / 1_000)} s`
  } catch (error) {
    deps.logger.warn({ err: error }, 'the queue cannot be reached')
    const message = error instanceof Error ? error.message || error.name : 'unknown'
    return `The job queue does not work: ${message.slice(0, 300)}`
  } finally {
    late.abort()
  }
}
