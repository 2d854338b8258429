import { type DueWork, readDueWork } from '../mirror/due-work.ts'
import { beginDuePull, takeDuePulls } from '../mirror/pulls/due-pulls.ts'
import { readRunningPulls } from '../mirror/pulls/pulls.ts'
import { organizationsOf, type SyncDeps } from './deps.ts'
import type { Job, OperationWork } from './jobs.ts'
import { nextJobs } from './pull/pull-state-machine.ts'
import type { JobQueue } from './queue.ts'

/** After a start of pulls, others may still be due. */
const soonMs = 1_000

/**
 * Starts the pulls that are due, and pushes the jobs of the due work. Idempotent: a job that is already queued is not
 * added again. `woken`: also pushes the next jobs of these running pulls, by their ids or those of their organizations;
 * ALL is for pulls whose jobs were lost. Resolves to the milliseconds until more work is due.
 */
export async function tick(
  deps: SyncDeps,
  queue: JobQueue,
  operations: OperationWork,
  woken: readonly number[] | 'ALL' = 'ALL',
): Promise<number> {
  const due = await readDueWork(deps.sql)
  const begun = due.pulls ? await beginDuePulls(deps) : []
  const continued = woken === 'ALL' ? woken : [...woken, ...begun]
  if (continued.length > 0) {
    const running = await readRunningPulls(deps.sql, continued)
    const ours = running.filter(({ organizationId }) => deps.clientOf(organizationId))
    for await (const jobs of nextJobs(deps, ours)) await queue.push(...jobs)
  }
  const point = pointReads(deps, due)
  await queue.push(
    ...point.jobs,
    ...due.describe
      .filter((organizationId) => organizationsOf(deps, organizationId))
      .map((organizationId) => ({ name: 'describe' as const, organizationId })),
    ...due.prune.map((organizationId) => ({ name: 'prune' as const, organizationId })),
    ...(due.operations ? await operations.waiting() : []).map((operationId) => ({
      name: 'operation' as const,
      operationId,
    })),
  )
  return Math.min(due.nextMs, point.nextMs, begun.length > 0 ? soonMs : Infinity)
}

/** Resolves to the organizations whose pulls it started. */
async function beginDuePulls(deps: SyncDeps): Promise<number[]> {
  const pulls = await takeDuePulls(deps.sql, (organizationId) => deps.clientOf(organizationId) !== undefined)
  for (const pull of pulls) await beginDuePull(deps.sql, pull)
  return pulls.map(({ organizationId }) => organizationId)
}

/** Requested reads of an organization wait as long as its vendor has asked for. */
function pointReads(deps: SyncDeps, { relations, unsettled }: DueWork): { jobs: Job[]; nextMs: number } {
  const jobs: Job[] = []
  let nextMs = Infinity
  for (const organizationId of relations) {
    const pauseMs = deps.clientOf(organizationId)?.askedToWaitMs()
    if (pauseMs === 0) jobs.push({ name: 'relations', organizationId })
    else if (pauseMs !== undefined) nextMs = Math.min(nextMs, pauseMs)
  }
  for (const organizationId of unsettled) {
    if (deps.clientOf(organizationId)) jobs.push({ name: 'settle', organizationId })
  }
  return { jobs, nextMs }
}
