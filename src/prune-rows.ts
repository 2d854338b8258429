/** Deletes rows whose retention has expired, every 15 minutes, in each process that runs the worker. */
import type { Logger } from 'pino'
import { pruneAudit } from './access/audit-rows.ts'
import type { Config } from './config/env.ts'
import type { Database, Sql } from './db/database.ts'
import { prunePasswords } from './mirror/prune-operations.ts'
import { pruneCallerRequests } from './rate-limit/caller-requests.ts'
import { pruneAllowances } from './rate-limit/vendor-allowance.ts'
import { pruneActivity } from './scim/activity.ts'
import { pruneRemovals } from './scim/writes/removal-guard.ts'
import { pruneRecentWrites } from './sync/point-read/recent-writes.ts'
import { pruneWebhooks } from './webhooks/webhooks.ts'
import { pruneIdempotencyKeys } from './writes/session/idempotency.ts'

/** Between two rounds. */
const pruneEveryMs = 15 * 60_000

/** Periodically deletes rows whose retention has expired. */
export function keepPruned(
  { auditDays, findingsDays, historyDays, webhooks }: Config,
  { control, sql }: Database,
  logger: Logger,
  pruneFindings: (sql: Sql, days: number, signal: AbortSignal) => Promise<number>,
): AsyncDisposable {
  const stopping = new AbortController()
  const attempt = (what: string, prune: () => Promise<unknown>) =>
    prune().catch((error: unknown) => logger.warn({ err: error }, `${what} could not be pruned`))
  const prune = async () => {
    await attempt('idempotency keys', () => pruneIdempotencyKeys(control.as('pruning')))
    await attempt('recent writes', () => pruneRecentWrites(control.as('pruning')))
    await attempt('passwords', () => prunePasswords(sql))
    await attempt('request counts', () => pruneCallerRequests(control.as('pruning')))
    await attempt('allowances', () => pruneAllowances(control.as('pruning')))
    await attempt('resolved findings', () => pruneFindings(sql, findingsDays, stopping.signal))
    const kept = { deliveryDays: webhooks.deliveryDays, historyDays }
    await attempt('deliveries of webhooks', () => pruneWebhooks(sql, kept, stopping.signal))
    await attempt('removals by SCIM', () => pruneRemovals(control.as('pruning')))
    await attempt('the activity of SCIM', () => pruneActivity(sql, auditDays, stopping.signal))
    await attempt('the audit', async () => {
      const rows = await pruneAudit(sql, auditDays, stopping.signal)
      if (rows > 0) logger.info({ rows, auditDays }, 'the audit was pruned')
    })
  }
  let pruning = prune()
  const timer = setInterval(() => {
    pruning = pruning.then(prune)
  }, pruneEveryMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      stopping.abort()
      await pruning
    },
  }
}
