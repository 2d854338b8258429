import { setTimeout as timer } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { EssentialsClient } from '../essentials/client.ts'
import type { Sql } from '../mirror/database.ts'

/** What the sync works with. */
export interface SyncDeps {
  readonly sql: Sql
  readonly logger: Logger
  /** How long history is kept. */
  readonly historyDays: number
  /** The client of an organization, by the mirror's id; undefined for one that this process is not configured for. */
  clientOf(organizationId: number): EssentialsClient | undefined
  /** How it rests after a failure; a timer unless told. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined
}

/** Rests, and rejects once the signal fires. */
export async function rest(deps: SyncDeps, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (deps.sleep) await deps.sleep(milliseconds, signal)
  else await timer(milliseconds, undefined, { signal })
}
