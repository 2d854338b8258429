/** What a GraphQL operation is given. Made anew for each request. */
import type { Audit } from '../mirror/audit.ts'
import type { Asker, Database, Drizzle, Queryable, Reader } from '../mirror/database.ts'
import { readPast } from '../mirror/read-past.ts'
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
  /** The mirror as this operation reads it: statements end with `signal`, and count for the viewer's share of the connections. */
  readonly drizzle: Drizzle
  readonly sql: Queryable
  /** Set once the operation's cost is known: heavy work shares a part of the connections. */
  readonly load: { isHeavy: boolean }
  /** For what several callers wait for together (shared-read.ts). It takes half of the connections at most. */
  readonly sharedReader: (signal: AbortSignal) => Reader
  readonly viewer: Viewer
  readonly sync: SyncVerbs
  /** Runs a question as of a moment; throws OutsideHistory and MomentNotSettled. */
  readonly readPast: <Answer>(moment: string, run: (past: Reader) => Promise<Answer>) => Promise<Answer>
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

/** What an operation reads the mirror with. */
export function readingContext(
  database: Pick<Database, 'read' | 'readSnapshot' | 'settled'>,
  viewer: Viewer,
  signal: AbortSignal,
): Pick<GraphContext, 'drizzle' | 'sql' | 'load' | 'sharedReader' | 'readPast' | 'viewer' | 'signal'> {
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
