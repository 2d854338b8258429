/** Whether the job queue works, put down where readers see it: without it no pull goes on, and nobody else can say so. */
import { setTimeout as wait } from 'node:timers/promises'
import { putQueueProblem } from '../mirror/put-queue-problem.ts'
import type { SyncDeps } from './deps.ts'
import type { JobQueue } from './queue.ts'

/** How long the store may take to answer. With the interval between two checks it stays below the 30 s after which `problem` must say so. */
const patienceMs = 10_000
/** Ticks come every second. For so long none may be taken up before the workers count as standing still. */
const longestDelayMs = 8_000

/** Makes sure that the clock is in the queue, and puts down what keeps the queue from working. `isFirst`: no worker may have run before. */
export async function checkQueue(deps: SyncDeps, queue: JobQueue, tickMs: number, isFirst: boolean): Promise<void> {
  await put(deps, await problemOf(deps, queue, tickMs, isFirst))
}

/** Takes back what this worker has put down: if it was the last one, nobody else would. */
export async function withdrawQueueProblem(deps: SyncDeps): Promise<void> {
  await put(deps, undefined)
}

async function put(deps: SyncDeps, problem: string | undefined): Promise<void> {
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
        throw new StoreTooSlowError(`its store did not answer within ${patienceMs / 1_000} s`)
      }),
    ])
    if (isFirst || delayMs <= longestDelayMs) return undefined
    return `The job queue does not work: no worker has taken up a job for ${Math.round(delayMs / 1_000)} s`
  } catch (error) {
    deps.logger.warn({ err: error }, 'the queue cannot be reached')
    // The driver's own message may name the host and the database's user.
    const message = error instanceof StoreTooSlowError ? error.message : 'its store fails; the log says how'
    return `The job queue does not work: ${message}`
  } finally {
    late.abort()
  }
}

class StoreTooSlowError extends Error {
  override readonly name = 'StoreTooSlowError'
}
