import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { requiresScope } from '../core/field-policy.ts'
import { requireScope } from '../core/scopes.ts'
import { knownOperation, Operation } from './operation.ts'
import '../change/change-stream.ts'

/** The maximum delay after a lost notification. */
const longestSleepMs = 5_000

builder.subscriptionField('operation', (t) =>
  t.field({
    extensions: requiresScope('write'),
    type: Operation,
    description:
      'Streams an operation: its current state, then its state after every change. Ends when the operation has ' +
      'finished. Changes in quick succession may be delivered as one. Fails with the code NOT_FOUND if the ' +
      'operation does not exist. Requires the `write` scope.',
    args: { id: t.arg.id({ required: true, description: 'The global ID of the operation.' }) },
    subscribe: async (_root, { id }, context) => {
      requireScope(context.viewer, 'write')
      return follow(await knownOperation(context, id), context)
    },
    refs: (key) => ref('Operation', key as number),
  }),
)

/** Yields the key whenever the row has changed. The row is the source of truth, so a late reader has missed nothing. */
async function* follow(key: number, { sql, wakes, signal }: GraphContext): AsyncGenerator<number> {
  let seen: number | undefined
  while (!signal.aborted) {
    const count = wakes.count(key)
    const [row] = await sql<{ revision: number; ended: boolean }[]>`
      select revision, finished_at is not null as ended from operations where id = ${key}`
    if (!row) return
    // A change that was made while the reader was busy is delivered before the stream ends.
    if (row.revision !== seen) yield key
    else if (row.ended) return
    else await wakes.after(key, count, { signal, atMostMs: longestSleepMs })
    seen = row.revision
  }
}
