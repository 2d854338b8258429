/** One question to the database for all that the fields of one path ask: of fifty changes' subjects, one statement a type. */
import type { GraphQLResolveInfo, ResponsePath } from 'graphql'
import type { GraphContext } from './context.ts'
import { plannedQuery } from './drizzle-plan.ts'
import type { GlobalId } from './global-id.ts'
import { loadNodes } from './node.ts'

interface Batch {
  readonly items: unknown[]
  readonly answers: Promise<readonly unknown[]>
}

const open = new WeakMap<object, Map<string, Batch>>()

/**
 * The answer to `item`. What the same field asks at other places of the same list, or of lists within it, is gathered until nothing
 * more can be resolved, and loaded together; `load` answers in the items' order. The field's arguments are the same for all of them.
 */
export async function batched<Item, Answer>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  item: Item,
  load: (items: Item[]) => Promise<readonly Answer[]>,
): Promise<Answer> {
  const batches = open.get(context) ?? new Map<string, Batch>()
  open.set(context, batches)
  const key = `${info.parentType.name}.${info.fieldName}@${placeOf(info.path)}`
  let batch = batches.get(key)
  if (!batch) {
    const items: Item[] = []
    const full = Promise.withResolvers<void>()
    setImmediate(() => {
      batches.delete(key)
      full.resolve()
    })
    batch = { items, answers: full.promise.then(() => load(items)) }
    batches.set(key, batch)
  }
  const index = batch.items.push(item) - 1
  return (await batch.answers)[index] as Answer
}

/** The node, branded with its type, with all that is asked of it below this field; null where there is none. */
export async function batchedNode(
  id: GlobalId,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<object | null> {
  const [node = null] = await batchedLists([id], context, info)
  return node
}

/** The same for a field that gives a list. What is not there, or gone since its id was read, is left out. */
export async function batchedNodes(
  ids: readonly GlobalId[],
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<object[]> {
  return (await batchedLists(ids, context, info)).filter((node) => node !== null)
}

function batchedLists(
  ids: readonly GlobalId[],
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<readonly (object | null)[]> {
  return batched(context, info, { ids, info }, async (items) => {
    const [first = { info }] = items
    const nodes = await loadNodes(
      items.flatMap((item) => item.ids),
      context,
      first.info,
    )
    // Each place's plan is recorded by its own call; without it the fields below would load once more what is there.
    for (const item of items.slice(1)) {
      for (const typeName of new Set(item.ids.map((id) => id.typeName))) {
        plannedQuery(context, item.info, typeName, undefined, {})
      }
    }
    return items.map((item) => nodes.splice(0, item.ids.length))
  })
}

/** The response path without list indexes. */
function placeOf(path: ResponsePath | undefined): string {
  if (!path) return ''
  const before = placeOf(path.prev)
  return typeof path.key === 'number' ? before : `${before}.${path.key}`
}
