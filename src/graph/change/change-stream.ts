/**
 * Streams the change feed as it grows. Everything sent was read from the rows of the feed, in order, so a stream has no
 * gaps and no duplicates.
 */

import { unlessLeft } from '../../mirror/feed/coalesce-reads.ts'
import type { Progress } from '../../mirror/feed/feed-progress.ts'
import { type ChangesRead, readChanges } from '../../mirror/feed/read-changes.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { assertOrganizationKnown } from '../core/organization-argument.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'
import { organizationArg } from '../organization/organization.ts'
import { ChangeKind } from './change.ts'
import { baselineArg, ChangeEdge, checkHistory, checkPlace, FeedEdge } from './changes.ts'
import { cursorOfChange, endOfNothing, type FeedCursor, feedPlaceOf } from './feed-cursor.ts'

/** Number of changes read at a time. They are held until the reader has taken them. */
const batchSize = 100
/** The maximum delay of a change whose notification was lost. */
const longestSleepMs = 5_000

builder.subscriptionType({
  description:
    'Subscriptions, delivered as server-sent events. They require the `read` scope unless stated otherwise. Without ' +
    'the required scope, a field fails with the code FORBIDDEN.',
})

builder.subscriptionField('changes', (t) =>
  t.field({
    type: ChangeEdge,
    description:
      'Streams every change as the mirror observes it. With `after`, first replays all changes after a cursor ' +
      'of `Query.changes`, without gaps or duplicates. Fails with HISTORY_PRUNED if changes after the cursor ' +
      'have been pruned.',
    args: {
      ...organizationArg,
      kinds: t.arg({ type: [ChangeKind], description: 'Return only changes of these kinds. Defaults to all kinds.' }),
      ...baselineArg,
      after: t.arg.string({
        description: 'Start after this cursor. Defaults to the end of the feed, i.e. the next change.',
      }),
    },
    subscribe: async (_root, { organization, kinds, baseline, after }, context) => {
      const place = feedPlaceOf({ after })
      const read = ({ position, steps }: Progress, limit: number, wakes = 0) => {
        const wanted = {
          visible: visibleSlugs(context),
          organization: organization == null ? null : checkedText('organization', organization),
          window: { direction: 'forward' as const, after: position, before: null, steps },
          limit,
          kinds: kinds ?? undefined,
          baseline: baseline ?? undefined,
        }
        const key = JSON.stringify([wanted, wakes])
        return context.wakes.reads.read(key, (signal) => readChanges(context.sharedReader(signal).sql, wanted), context)
      }
      const start = await read(place.after?.forward ?? { position: 0, steps: [] }, 0)
      if (!start) {
        await assertOrganizationKnown(context, organization)
        throw userInputError('No organization is available: none is mirrored yet')
      }
      checkPlace(start, place)
      checkHistory(start, place)
      return changesAfter(place.after ?? endOfNothing(start, {}), read, context)
    },
    resolve: (edge) => edge as FeedEdge,
  }),
)

async function* changesAfter(
  start: FeedCursor,
  read: (progress: Progress, limit: number, wakes: number) => Promise<ChangesRead | undefined>,
  { wakes, signal }: GraphContext,
): AsyncGenerator<FeedEdge> {
  const { organizationId } = start
  let after = start
  while (!signal.aborted) {
    const count = wakes.count(organizationId)
    const found = await unlessLeft(signal, read(after.forward, batchSize, count))
    // The caller has disconnected, or the organization is no longer mirrored.
    if (found?.organizationId !== organizationId) return
    // Fails for a reader that was slower than the retention of the feed.
    checkHistory(found, { isBackward: false, after })
    for (const change of found.changes) {
      if (signal.aborted) return
      after = cursorOfChange(change.position, found, { after })
      const cursor = after
      yield new FeedEdge(change, () => cursor)
    }
    if (found.changes.length < batchSize) {
      after = endOfNothing(found, { after })
      await wakes.after(organizationId, count, { signal, atMostMs: longestSleepMs })
    }
  }
}
