import { setTimeout as sleep } from 'node:timers/promises'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { knownOperation } from './known-operation.ts'
import { Operation } from './operation.ts'
import { checkRight } from './rights.ts'
import './change-stream.ts'

/** Between two looks at the operation's row. */
const lookEveryMs = 250

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
async function* follow(key: number, { sql, signal }: GraphContext): AsyncGenerator<number> {
  let seen: number | undefined
  for (;;) {
    const [row] = await sql<{ revision: number; ended: boolean }[]>`
      select revision, finished_at is not null as ended from operations where id = ${key}`
    if (!row) return
    if (row.revision !== seen) yield key
    // What changed while the reader took its time is looked at before anything is said to be over.
    if (row.ended && row.revision === seen) return
    if (row.revision === seen || !row.ended) await rest(signal)
    if (signal.aborted) return
    seen = row.revision
  }
}

async function rest(signal: AbortSignal): Promise<void> {
  try {
    await sleep(lookEveryMs, undefined, { signal })
  } catch {
    // The reader went away.
  }
}
