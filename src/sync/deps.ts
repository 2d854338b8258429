import type { Logger } from 'pino'
import type { EssentialsClient } from '../essentials/client.ts'
import type { Sql } from '../mirror/database.ts'

/** What the sync works with. */
export interface SyncDeps {
  readonly sql: Sql
  readonly logger: Logger
  /** The client of an organization, by the mirror's id; undefined for one that this process is not configured for. */
  clientOf(organizationId: number): EssentialsClient | undefined
}
