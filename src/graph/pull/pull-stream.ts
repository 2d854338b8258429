import { sql } from 'drizzle-orm'
import type { Reader } from '../../db/database.ts'
import { pulls } from '../../db/schema/tables.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import '../change/change-stream.ts'
import { unlessLeft } from '../../mirror/feed/coalesce-reads.ts'
import type { GraphContext } from '../context.ts'
import { organizationIdOf } from '../core/organization-argument.ts'
import { organizationArg } from '../organization/organization.ts'
import { Pull } from './pull.ts'

/** A pull's figures change with every page. They are sent at most this often. */
const lookEveryMs = 1_000

builder.subscriptionField('pull', (t) =>
  t.field({
    type: Pull,
    description:
      'Streams the latest pull: its current state, then its state after every change, and each later pull when ' +
      'it starts. The end of every pull is reported, even if the next pull starts immediately afterwards.',
    args: organizationArg,
    subscribe: async (_root, { organization }, context) =>
      pullStates(await organizationIdOf(context, organization), context),
    refs: (id) => ref('Pull', id as number),
  }),
)

/**
 * Yields the id of a pull whenever it has changed: first of the latest pull, then of that pull and all that started
 * since.
 */
async function* pullStates(organizationId: number, context: GraphContext): AsyncGenerator<number> {
  const { wakes, signal } = context
  let [from, sent]: [number | undefined, Map<number, string>] = [undefined, new Map()]
  while (!signal.aborted) {
    const look = (shared: AbortSignal) => latestPulls(organizationId, context.sharedReader(shared))
    const count = wakes.count(organizationId)
    const key = `pulls of ${organizationId} ${count}`
    const latest = await unlessLeft(signal, wakes.reads.read(key, look, { signal, keptMs: lookEveryMs / 2 }))
    if (!latest) return
    from ??= latest.at(-1)?.id ?? 0
    for (const { id, print } of latest) {
      if (id >= from && sent.get(id) !== print) yield id
    }
    sent = new Map(latest.map(({ id, print }) => [id, print]))
    await wakes.after(organizationId, count, { signal, atMostMs: lookEveryMs })
  }
}

/** The number of pulls that can start between two reads without one being missed. */
const mostAtOnce = 10

/** Oldest first. `print` changes with every column of the pull and with every page. */
async function latestPulls(organizationId: number, { drizzle }: Reader): Promise<{ id: number; print: string }[]> {
  const found = await drizzle()
    .select({
      id: pulls.id,
      print: sql<string>`md5(${pulls}::text || (select count(*) from pull_pages page where page.pull_id = ${pulls.id}))`,
    })
    .from(pulls)
    .where(sql`${pulls.organizationId} = ${organizationId}`)
    .orderBy(sql`${pulls.id} desc`)
    .limit(mostAtOnce)
  return found.reverse()
}
