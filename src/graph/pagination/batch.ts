/**
 * Batches the database reads of a field across the response: fields at the same path share one statement per type, e.g.
 * the subjects of fifty changes.
 */
import type { GraphQLResolveInfo, ResponsePath } from 'graphql'
import type { GraphContext } from '../context.ts'
import type { GlobalId } from '../core/global-id.ts'
import { loadNodes } from '../core/node.ts'
import { plannedQuery } from './drizzle-plan.ts'

interface Batch {
  readonly items: unknown[]
  readonly answers: Promise<readonly unknown[]>
}

const open = new WeakMap<object, Map<string, Batch>>()

/**
 * Returns the answer for `item`. Calls of the same field from other entries of the same list, or of nested lists, are
 * collected until the event loop is idle, then loaded together. `load` returns the answers in the order of its items.
 * All calls must have the same field arguments.
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

/**
 * Loads a node with everything selected below the current field, branded with its type. Returns null if the node does
 * not exist.
 */
export async function batchedNode(
  id: GlobalId,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<object | null> {
  const [node = null] = await batchedLists([id], context, info)
  return node
}

/** Loads a list of nodes. Nodes that do not exist, or that were removed after their ID was read, are left out. */
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
    // Each place in the response records its own plan; otherwise the fields below would load their data again.
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
