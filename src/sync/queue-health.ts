/**
 * Checks whether the job queue works and records the result where readers see it. Without the queue no pull makes
 * progress, and nothing else can report that.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { putQueueProblem } from '../mirror/sync-organizations.ts'
import type { SyncDeps } from './deps.ts'
import type { JobQueue } from './queue.ts'

/**
 * Maximum time for the store to respond. Together with the interval between checks it is below the 30 s within which
 * `problem` must report a failure.
 */
const patienceMs = 10_000
/** If a scheduled tick is taken up this much later, the workers count as stalled. */
const longestDelayMs = 5_000
/** An unchanged result is stored again after this time, in case another worker stored something else. */
const storedForMs = 30_000

interface CheckOptions {
  readonly tickMs: number
  /** Whether the queue is known to work: it need not be asked. */
  readonly isProven: () => boolean
  /** Ends a check: a worker that stops must not wait for a store that is unavailable. */
  readonly stopping: AbortSignal
}

/**
 * Makes sure that the recurring `tick` is in the queue, and records what keeps the queue from working. The first check
 * reports no delay, because no worker may have run before.
 */
export function queueChecks(
  deps: SyncDeps,
  queue: JobQueue,
  { tickMs, isProven, stopping }: CheckOptions,
): () => Promise<void> {
  let stored: { readonly problem: string | undefined; readonly at: number } | undefined
  return async () => {
    const problem = isProven() ? undefined : await problemOf(deps, queue, tickMs, stored === undefined, stopping)
    const now = performance.now()
    if (stopping.aborted || (stored && stored.problem === problem && now < stored.at + storedForMs)) return
    stored = { problem, at: now }
    await put(deps, problem)
  }
}

/** Clears the problem that this worker recorded: if it was the last worker, no other one would clear it. */
export async function withdrawQueueProblem(deps: SyncDeps): Promise<void> {
  await put(deps, undefined)
}

async function put(deps: SyncDeps, problem: string | undefined): Promise<void> {
  try {
    await putQueueProblem(deps.sql, (organizationId) => deps.clientOf(organizationId) !== undefined, problem)
  } catch (error) {
    deps.logger.warn({ err: error }, 'cannot store the state of the queue')
  }
}

async function problemOf(
  deps: SyncDeps,
  queue: JobQueue,
  tickMs: number,
  isFirst: boolean,
  stopping: AbortSignal,
): Promise<string | undefined> {
  const done = new AbortController()
  const signal = AbortSignal.any([done.signal, stopping])
  try {
    const delayMs = await Promise.race([
      queue.schedule(tickMs),
      wait(patienceMs, undefined, { signal, ref: false }).then(() => {
        throw new StoreTooSlowError(`its store did not respond within ${patienceMs / 1_000} s`)
      }),
    ])
    if (isFirst || delayMs <= longestDelayMs) return undefined
    return `The job queue does not work: no worker has started a job for ${Math.round(delayMs / 1_000)} s`
  } catch (error) {
    if (stopping.aborted) return undefined
    deps.logger.warn({ err: error }, 'cannot reach the queue')
    // The driver's own message may name the host and the database's user.
    const message = error instanceof StoreTooSlowError ? error.message : 'its store fails; see the log'
    return `The job queue does not work: ${message}`
  } finally {
    done.abort()
  }
}

class StoreTooSlowError extends Error {
  override readonly name = 'StoreTooSlowError'
}
