/**
 * Batches the database reads of a field across the response: fields at the same path share one statement per type, e.g.
 * the subjects of fifty changes.
 */
import type { GraphQLResolveInfo, ResponsePath } from 'graphql'
import type { GraphContext } from '../context.ts'

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

/** The response path without list indexes. */
function placeOf(path: ResponsePath | undefined): string {
  if (!path) return ''
  const before = placeOf(path.prev)
  return typeof path.key === 'number' ? before : `${before}.${path.key}`
}
