import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { knownOperation } from './known-operation.ts'
import { Operation } from './operation.ts'
import { checkRight } from './rights.ts'
import './change-stream.ts'

/** A wake that got lost costs so much. */
const longestSleepMs = 5_000

builder.subscriptionField('operation', (t) =>
  t.drizzleField({
    type: Operation,
    description:
      'The operation as it stands, and again whenever that became different; ends when the operation has. Steps that follow each other at once may show as one. Needs the right to write.',
    args: { id: t.arg.id({ required: true, description: 'The id of an operation.' }) },
    subscribe: async (_root, { id }, context) => {
      checkRight(context.viewer, 'write')
      return follow(await knownOperation(context, id), context)
    },
    resolve: async (query, event, _args, context) => {
      // What `follow` yields: the library's types leave it open.
      const key = event as number
      const found = await context.drizzle.query.operations.findFirst(query({ where: { id: key } }))
      if (!found) throw new Error(`Operation ${key} is gone`)
      return found
    },
  }),
)

/** The key, each time that the row shows something new. The row is the truth: whoever looks late has missed nothing. */
async function* follow(key: number, { sql, wakes, signal }: GraphContext): AsyncGenerator<number> {
  let seen: number | undefined
  while (!signal.aborted) {
    const count = wakes.count(key)
    const [row] = await sql<{ revision: number; ended: boolean }[]>`
      select revision, finished_at is not null as ended from operations where id = ${key}`
    if (!row) return
    // What changed while the reader took its time is looked at before anything is said to be over.
    if (row.revision !== seen) yield key
    else if (row.ended) return
    else await wakes.after(key, count, { signal, atMostMs: longestSleepMs })
    seen = row.revision
  }
}
