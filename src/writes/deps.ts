import type { Logger } from 'pino'
import { asCaller, type Sql } from '../db/database.ts'
import type { EssentialsClient } from '../vendor/adapter.ts'
import type { Secrets } from './secrets.ts'
import type { Clock, SettlingPolicy } from './session/settle.ts'

/** The dependencies of the writes. */
export interface WriteDeps {
  readonly sql: Sql
  /** For locks, leases and idempotency keys, which must not wait for the writes' own statements. */
  readonly control: Sql
  /** For lease renewals, which must not wait for any caller's statements. Defaults to `control`. */
  readonly leases?: Sql
  readonly logger: Logger
  /**
   * Returns the client of an organization by its id in the mirror; undefined if this process has no configuration for
   * it.
   */
  clientOf(organizationId: number): EssentialsClient | undefined
  /** Undefined if SECRET_KEY is not set; idempotency keys are then unavailable. */
  readonly secrets: Secrets | undefined
  /** How long a write that the vendor accepted is polled for while its caller waits. */
  readonly settling?: SettlingPolicy | undefined
  readonly clock?: Clock | undefined
  /** Fires when the process closes: polling ends, and the sync continues to read the user. */
  readonly closing?: AbortSignal | undefined
}

/** Returns the same dependencies with statements queued as the caller's. */
export function depsAsCaller(deps: WriteDeps, caller: string): WriteDeps {
  const { sql, control, leases = control } = deps
  return {
    ...deps,
    sql: asCaller(sql, caller),
    control: asCaller(control, caller),
    leases: asCaller(leases, caller),
  }
}
