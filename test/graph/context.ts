/** The context of an operation, for tests and benchmarks of the graph over rows that were put straight into the mirror. */
import type { GraphContext, Viewer } from '../../src/graph/context.ts'
import { mostLookups } from '../../src/graph/lookups.ts'
import { openAudit } from '../../src/mirror/audit.ts'
import type { Database } from '../../src/mirror/database.ts'
import { readPast } from '../../src/mirror/read-past.ts'
import type { Memory } from '../../src/mirror/remembered.ts'
import { openWakes } from '../../src/mirror/wakes.ts'

/** Somebody who may read everything. */
export const reader: Viewer = { name: 'somebody', scopes: new Set(['read']), organizations: 'all' }

/** What the server gives an operation, over a database without a vendor behind it: whatever would ask the vendor fails. */
export function contextOf(
  database: Pick<Database, 'drizzle' | 'sql' | 'past' | 'repetitions'>,
  viewer: Viewer,
  memory: Memory,
): GraphContext {
  const refuse = () => Promise.reject(new Error('there is no vendor behind this graph'))
  return {
    drizzle: database.drizzle,
    sql: database.sql,
    viewer,
    readPast: (moment, run) => readPast(database, moment, run),
    memory,
    audit: openAudit(database.sql),
    wakes: openWakes(database.sql),
    sync: { refreshUser: refuse, startPull: refuse, resolveQuarantine: refuse },
    writes: {
      createUser: refuse,
      updateUser: refuse,
      deleteUser: refuse,
      addUserToGroup: refuse,
      removeUserFromGroup: refuse,
      startOnboarding: refuse,
      startDeprovisioning: refuse,
      startEmailChange: refuse,
      cancelOperation: refuse,
      retryOperation: refuse,
    },
    lookups: { left: mostLookups },
    signal: new AbortController().signal,
  }
}
