import { pruneHistory } from '../mirror/prune.ts'
import type { SyncDeps } from './deps.ts'

/** Deletes an organization's history beyond the retention. */
export async function pruneOrganization(deps: SyncDeps, organizationId: number, signal: AbortSignal): Promise<void> {
  const rows = await pruneHistory(deps.sql, organizationId, deps.historyDays, signal)
  if (rows > 0) deps.logger.info({ organizationId, rows, historyDays: deps.historyDays }, 'history pruned')
}
