/** The feed as it grows. What is sent was read from the feed's rows, in their order, so that a stream has neither gap nor repeat. */
import { type ChangeRow, type ChangesRead, readChanges } from '../mirror/read-changes.ts'
import { badInput, checkedText } from './bad-input.ts'
import { builder } from './builder.ts'
import { ChangeKind } from './change.ts'
import { ChangeEdge, checkHistory, checkPlace, cursorOf, placeOf } from './changes.ts'
import type { GraphContext } from './context.ts'
import { organizationArg } from './organization.ts'
import { checkListIsMeant } from './organization-scope.ts'
import type { Edge } from './page.ts'
import { sharedRead } from './shared-read.ts'
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
      const place = placeOf({ after })
      const read = (position: number, limit: number, wakes = 0) => {
        const wanted = {
          visible: visibleSlugs(context),
          organization: organization == null ? null : checkedText('organization', organization),
          after: position,
          limit,
          kinds: kinds ?? undefined,
        }
        return sharedRead(context.wakes, JSON.stringify([wanted, wakes]), () => readChanges(context.shared.sql, wanted))
      }
      const start = await read(place.position, 0)
      if (!start) {
        await checkListIsMeant(context, organization)
        throw badInput('There is no organization to listen to: none is mirrored yet')
      }
      checkPlace(start, place)
      checkHistory(start, place)
      return changesAfter(after == null ? start.feedPosition : place.position, start.organizationId, read, context)
    },
    resolve: (edge) => edge as Edge<ChangeRow, ChangeRow>,
  }),
)

async function* changesAfter(
  start: number,
  organizationId: number,
  read: (position: number, limit: number, wakes: number) => Promise<ChangesRead | undefined>,
  { wakes, signal }: GraphContext,
): AsyncGenerator<Edge<ChangeRow, ChangeRow>> {
  let position = start
  while (!signal.aborted) {
    const count = wakes.count(organizationId)
    const found = await read(position, batchSize, count)
    // The organization is mirrored no longer.
    if (found?.organizationId !== organizationId) return
    // Of one who was slower than history is long.
    checkHistory(found, { after: '', position })
    for (const change of found.changes) {
      if (signal.aborted) return
      yield { row: change, node: change, cursor: cursorOf(change) }
    }
    if (found.changes.length === batchSize) position = found.changes.at(-1)?.position ?? position
    else {
      position = Math.max(position, found.feedPosition)
      await wakes.after(organizationId, count, { signal, atMostMs: longestSleepMs })
    }
  }
}
