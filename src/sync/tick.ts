import { readOrganizationsWaiting } from '../mirror/point-read-queue.ts'
import { readOrganizationsToPrune } from '../mirror/prune.ts'
import { beginDuePull, takeDuePulls } from '../mirror/pulls/due-pulls.ts'
import { readRunningPulls } from '../mirror/pulls/pulls.ts'
import { readOrganizationsUnsettled } from '../mirror/unsettled-writes.ts'
import type { SyncDeps } from './deps.ts'
import type { OperationWork } from './jobs.ts'
import { nextJobs } from './pull/pull-state-machine.ts'
import type { JobQueue } from './queue.ts'

/**
 * Starts the pulls that are due, and pushes the next jobs of every running pull, unread user, unsettled write,
 * operation and pruning. Idempotent: a job that is already queued is not added again.
 */
export async function tick(deps: SyncDeps, queue: JobQueue, operations: OperationWork): Promise<void> {
  const due = await takeDuePulls(deps.sql, (organizationId) => deps.clientOf(organizationId) !== undefined)
  for (const pull of due) await beginDuePull(deps.sql, pull)
  for (const pull of await readRunningPulls(deps.sql)) {
    if (!deps.clientOf(pull.organizationId)) continue
    for (const job of await nextJobs(deps.sql, pull)) await queue.push(job)
  }
  for (const organizationId of await readOrganizationsWaiting(deps.sql)) {
    if (deps.clientOf(organizationId)) await queue.push({ name: 'relations', organizationId })
  }
  for (const organizationId of await readOrganizationsUnsettled(deps.sql)) {
    if (deps.clientOf(organizationId)) await queue.push({ name: 'settle', organizationId })
  }
  for (const organizationId of await readOrganizationsToPrune(deps.sql)) {
    await queue.push({ name: 'prune', organizationId })
  }
  for (const operationId of await operations.waiting()) await queue.push({ name: 'operation', operationId })
}
