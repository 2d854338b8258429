/** The context of a GraphQL operation, created for each request. */
import type { Audit } from '../access/audit.ts'
import type { acceptFinding, withdrawAcceptance } from '../analysis/findings/evaluate.ts'
import type { Asker, Database, Queryable, Reader } from '../db/database.ts'
import { readPast } from '../db/history/read-as-of.ts'
import type { CountCache } from '../mirror/count-cache.ts'
import type { Notifier } from '../mirror/feed/notifications.ts'
import type { WriteService } from '../operations/write-service.ts'
import type { liftGuard } from '../scim/writes/removal-guard.ts'
import type { SyncVerbs } from '../sync/sync-service.ts'
import type { WebhookService } from '../webhooks/webhook-service.ts'

/** The caller. */
export interface Viewer {
  /** The actor in the changes that this caller causes. */
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** The slugs of the organizations that are visible to this caller; `all`: every mirrored organization. */
  readonly organizations: 'all' | ReadonlySet<string>
}

export type Scope = 'read' | 'write' | 'admin' | 'scim'

export interface GraphContext {
  /**
   * The mirror as this operation reads it: statements are cancelled with `signal`, and count towards the viewer's share
   * of the connections.
   */
  readonly drizzle: Reader['drizzle']
  readonly sql: Queryable
  readonly answer: Reader['answer']
  /** Set once the cost of the operation is known. Heavy operations are limited to a part of the connections. */
  readonly load: { isHeavy: boolean }
  /** For reads that several callers wait for (src/mirror/feed/coalesce-reads.ts). Uses at most half of the connections. */
  readonly sharedReader: (signal: AbortSignal) => Reader
  readonly viewer: Viewer
  readonly sync: SyncVerbs
  readonly acceptFinding: (acceptance: Parameters<typeof acceptFinding>[1]) => ReturnType<typeof acceptFinding>
  readonly withdrawAcceptance: (findingId: number) => ReturnType<typeof withdrawAcceptance>
  /** Runs a read as of a moment. Throws OutsideHistory and MomentNotSettled. */
  readonly readPast: <Answer>(moment: string, run: (past: Reader) => Promise<Answer>) => Promise<Answer>
  /** The moment as of which the operation answers; undefined: now. */
  readonly moment?: string
  /** The process's cache of counts and facets. */
  readonly memory: CountCache
  readonly audit: Audit
  readonly wakes: Notifier
  readonly writes: WriteService
  readonly webhooks: WebhookService
  readonly liftScimGuard: (lift: Parameters<typeof liftGuard>[1]) => Promise<void>
  /** Number of IDs and references that the operation may still look up. */
  readonly lookups: { left: number }
  /** Aborted when the caller disconnects or the operation times out. */
  readonly signal: AbortSignal
}

/** Returns the parts of the context that read the mirror. */
export function readingContext(
  database: Pick<Database, 'read' | 'readSnapshot' | 'settled'>,
  viewer: Viewer,
  signal: AbortSignal,
): Pick<GraphContext, 'drizzle' | 'sql' | 'answer' | 'load' | 'sharedReader' | 'readPast' | 'viewer' | 'signal'> {
  const load = { isHeavy: false }
  const asker: Asker = {
    caller: viewer.name,
    signal,
    get isHeavy() {
      return load.isHeavy
    },
  }
  return {
    ...database.read(asker),
    load,
    sharedReader: (whose) => database.read({ caller: `streams of ${viewer.name}`, signal: whose, isHeavy: true }),
    readPast: (moment, run) => readPast(database, asker, moment, run),
    viewer,
    signal,
  }
}
