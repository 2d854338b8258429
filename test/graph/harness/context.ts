/** The GraphQL context of an operation, for tests and benchmarks that insert rows directly into the mirror's tables. */

import { openAudit } from '../../../src/access/audit.ts'
import type { Database } from '../../../src/db/database.ts'
import { type GraphContext, readingContext, type Viewer } from '../../../src/graph/context.ts'
import { mostLookups } from '../../../src/graph/core/lookups.ts'
import type { CountCache } from '../../../src/mirror/count-cache.ts'
import { openWakes } from '../../../src/mirror/feed/notifications.ts'
import { openWebhooks } from '../../../src/webhooks/webhook-service.ts'
import { depsOf } from '../../webhooks/harness.ts'

/** A viewer that can read every organization. */
export const reader: Viewer = { name: 'reader', scopes: new Set(['read']), organizations: 'all' }

/** The context that the server gives an operation, without a vendor: every call that needs the vendor fails. */
export function contextOf(
  database: Database,
  viewer: Viewer,
  memory: CountCache,
  signal: AbortSignal = new AbortController().signal,
): GraphContext {
  const refuse = () => Promise.reject(new Error('there is no vendor behind this graph'))
  return {
    ...readingContext(database, viewer, signal),
    memory,
    audit: openAudit(database.control),
    wakes: openWakes(database.listen),
    sync: { refreshUser: refuse, startPull: refuse, resolveQuarantine: refuse, declareGone: refuse },
    acceptFinding: refuse,
    withdrawAcceptance: refuse,
    writes: {
      createUser: refuse,
      updateUser: refuse,
      deleteUser: refuse,
      reinstateUser: refuse,
      updateSenderLists: refuse,
      addUserToGroup: refuse,
      removeUserFromGroup: refuse,
      startOnboarding: refuse,
      startDeprovisioning: refuse,
      startEmailChange: refuse,
      cancelOperation: refuse,
      retryOperation: refuse,
    },
    webhooks: openWebhooks(depsOf(database)),
    liftScimGuard: refuse,
    lookups: { left: mostLookups },
  }
}
