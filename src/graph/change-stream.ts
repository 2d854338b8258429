/** The feed as it grows. What is sent was read from the feed's rows, in their order, so that a stream has neither gap nor repeat. */
import type { Progress } from '../mirror/feed-progress.ts'
import { type ChangeRow, type ChangesRead, readChanges } from '../mirror/read-changes.ts'
import { badInput, checkedText } from './bad-input.ts'
import { builder } from './builder.ts'
import { ChangeKind } from './change.ts'
import { ChangeEdge, checkHistory, checkPlace, FeedEdge } from './changes.ts'
import type { GraphContext } from './context.ts'
import { cursorOfChange, endOfNothing, type FeedCursor, feedPlaceOf } from './feed-cursor.ts'
import { organizationArg } from './organization.ts'
import { checkListIsMeant } from './organization-scope.ts'
import type { Edge } from './page.ts'
import { sharedRead, unlessLeft } from './shared-read.ts'
import { visibleSlugs } from './visible.ts'

/** So many are read at once, and held until the reader has taken them. */
const batchSize = 100
/** The longest that a change waits whose wake got lost. */
const longestSleepMs = 5_000

builder.subscriptionType({ description: 'What can be listened to, as server-sent events.' })

builder.subscriptionField('changes', (t) =>
  t.field({
    type: ChangeEdge,
    description:
      'Every change as it is learnt; `after` replays from a cursor of Query.changes first, with no gap and no repeat.',
    args: {
      ...organizationArg,
      kinds: t.arg({ type: [ChangeKind], description: 'Only changes of these kinds.' }),
      after: t.arg.string({ description: 'Begin after this cursor; with the next change where nothing is said.' }),
    },
    subscribe: async (_root, { organization, kinds, after }, context) => {
      const place = feedPlaceOf({ after })
      const read = ({ position, steps }: Progress, limit: number, wakes = 0) => {
        const wanted = {
          visible: visibleSlugs(context),
          organization: organization == null ? null : checkedText('organization', organization),
          window: { direction: 'forward' as const, after: position, before: null, steps },
          limit,
          kinds: kinds ?? undefined,
        }
        const key = JSON.stringify([wanted, wakes])
        return sharedRead(
          context.wakes,
          key,
          (signal) => readChanges(context.sharedReader(signal).sql, wanted),
          context,
        )
      }
      const start = await read(place.after?.forward ?? { position: 0, steps: [] }, 0)
      if (!start) {
        await checkListIsMeant(context, organization)
        throw badInput('There is no organization to listen to: none is mirrored yet')
      }
      checkPlace(start, place)
      checkHistory(start, place)
      return changesAfter(place.after ?? endOfNothing(start, {}), read, context)
    },
    resolve: (edge) => edge as Edge<ChangeRow, ChangeRow>,
  }),
)

async function* changesAfter(
  start: FeedCursor,
  read: (progress: Progress, limit: number, wakes: number) => Promise<ChangesRead | undefined>,
  { wakes, signal }: GraphContext,
): AsyncGenerator<Edge<ChangeRow, ChangeRow>> {
  const { organizationId } = start
  let after = start
  while (!signal.aborted) {
    const count = wakes.count(organizationId)
    const found = await unlessLeft(signal, read(after.forward, batchSize, count))
    // The caller has left, or the organization is no longer mirrored.
    if (found?.organizationId !== organizationId) return
    // Of one who was slower than history is long.
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
