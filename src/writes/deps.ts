import type { Logger } from 'pino'
import type { EssentialsClient } from '../essentials/client.ts'
import type { Sql } from '../mirror/database.ts'
import type { Secrets } from './secrets.ts'

/** What the writes work with. */
export interface WriteDeps {
  readonly sql: Sql
  /** For locks, leases and idempotency keys, which must not wait behind the work itself. */
  readonly control: Sql
  readonly logger: Logger
  /** The client of an organization, by the mirror's id; undefined for one that this process is not configured for. */
  clientOf(organizationId: number): EssentialsClient | undefined
  /** Undefined where no SECRET_KEY is set: then no idempotency key can be used. */
  readonly secrets: Secrets | undefined
}
