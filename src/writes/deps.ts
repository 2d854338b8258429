import type { Logger } from 'pino'
import type { EssentialsClient } from '../essentials/client.ts'
import type { Sql } from '../mirror/database.ts'
import type { Secrets } from './secrets.ts'
import type { Clock, SettlingPolicy } from './settle.ts'

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
  /** How long a write that the vendor accepted is polled for while its caller waits. */
  readonly settling?: SettlingPolicy | undefined
  readonly clock?: Clock | undefined
  /** Fired when the process closes: polling ends, and the sync goes on. */
  readonly closing?: AbortSignal | undefined
}
