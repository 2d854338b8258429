import { setTimeout as timer } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Sql } from '../db/database.ts'
import type { Tracing } from '../tracing/tracing.ts'
import type { EssentialsClient, OrganizationReader } from '../vendor/adapter.ts'

/** Dependencies of the sync. */
export interface SyncDeps {
  readonly sql: Sql
  readonly logger: Logger
  /** Retention of history, in days. */
  readonly historyDays: number
  /**
   * Returns the client of an organization by its id in the mirror, or undefined if this process has no configuration
   * for it.
   */
  clientOf(organizationId: number): EssentialsClient | undefined
  /** Reads about the organization, also while it has no client because its entry cannot be used. Defaults to the client's. */
  organizationsOf?(organizationId: number): OrganizationReader | undefined
  /** Called when a pull has ended, with COMPLETE, FAILED or QUARANTINED. */
  readonly onPullEnd?: ((outcome: 'COMPLETE' | 'FAILED' | 'QUARANTINED') => void) | undefined
  /** Called when a job starts. Returns a function that is called when it has ended. */
  readonly onJob?: ((name: string) => () => void) | undefined
  readonly tracing?: Tracing | undefined
  /** Waits after a failure. Defaults to a timer. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined
}

export function organizationsOf(deps: SyncDeps, organizationId: number): OrganizationReader | undefined {
  return deps.organizationsOf ? deps.organizationsOf(organizationId) : deps.clientOf(organizationId)?.organizations
}

/** The same, with a logger whose lines name the organization. */
export function forOrganization(deps: SyncDeps, organizationId: number): SyncDeps {
  const organization = deps.clientOf(organizationId)?.organization
  return organization === undefined ? deps : { ...deps, logger: deps.logger.child({ organization }) }
}

/** Waits, and rejects when the signal is aborted. */
export async function rest(deps: SyncDeps, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (deps.sleep) await deps.sleep(milliseconds, signal)
  else await timer(milliseconds, undefined, { signal })
}
