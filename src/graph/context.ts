/** What a GraphQL operation is given. Made anew for each request. */
import type { Audit } from '../mirror/audit.ts'
import type { Drizzle, Sql } from '../mirror/database.ts'
import type { PastDatabase } from '../mirror/read-past.ts'
import type { Memory } from '../mirror/remembered.ts'
import type { Wakes } from '../mirror/wakes.ts'
import type { SyncVerbs } from '../sync/verbs.ts'
import type { WriteVerbs } from '../writes/verbs.ts'

/** Who asks. */
export interface Viewer {
  /** Stands as the actor in the changes that this caller causes. */
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** The slugs of the organizations that there are for this caller; `all`: every one that is mirrored. */
  readonly organizations: 'all' | ReadonlySet<string>
}

export type Scope = 'read' | 'write' | 'admin'

export interface GraphContext {
  readonly drizzle: Drizzle
  readonly sql: Sql
  readonly viewer: Viewer
  readonly sync: SyncVerbs
  /** Runs a question as of a moment; throws OutsideHistory. */
  readonly readPast: <Answer>(moment: string, run: (past: PastDatabase) => Promise<Answer>) => Promise<Answer>
  /** As of when the operation answers; undefined: now. */
  readonly moment?: string
  /** What this process remembers of its answers. */
  readonly memory: Memory
  readonly audit: Audit
  readonly wakes: Wakes
  readonly writes: WriteVerbs
  /** How many ids and references the operation may still look up. */
  readonly lookups: { left: number }
  /** Aborted when the caller goes away or the operation's time is up. */
  readonly signal: AbortSignal
}
