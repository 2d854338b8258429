/**
 * Lookup by global ID: Query.node and Query.nodes. Each type of the interface Node registers how its rows are found.
 */
import { brandWithType } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { given, type Value } from '../../planner/given.ts'
import { type Ref, refs } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs } from './cost.ts'
import { type GlobalId, numericKey, oneOf, parseGlobalId } from './global-id.ts'
import { takeLookups, withPlacedErrors } from './lookups.ts'
import { userInputError } from './user-input-error.ts'

const idsSize = { lengthOf: 'ids', most: 500 } as const

export interface NodeSource<Key extends string | number> {
  /** The rows describe the mirror itself, or work in progress, and are not available as of a past moment. */
  readonly hasNoPast?: boolean
  /** Returns the key of the row. Throws bad input for a global ID of this type that no row can have. */
  keyOf(id: GlobalId): Key
  /** Loads the existing rows that the viewer may see, with everything that the operation selects. */
  load(keys: Key[], context: GraphContext, info: GraphQLResolveInfo): PromiseLike<ReadonlyMap<string | number, object>>
}

const sources = new Map<string, NodeSource<string | number>>()

/** Registers how the rows of a type are found by global ID. */
export function addNodeSource<Key extends string | number>(typeName: string, source: NodeSource<Key>): void {
  sources.set(typeName, source as NodeSource<number | string>)
}

/** Returns the source of a table whose key is its column `id`. */
export function numberedSource(
  load: (ids: number[], context: GraphContext, info: GraphQLResolveInfo) => PromiseLike<readonly { id: number }[]>,
  options: { hasNoPast?: boolean } = {},
): NodeSource<number> {
  return {
    ...options,
    keyOf: numericKey,
    load: async (ids, context, info) => new Map((await load(ids, context, info)).map((row) => [row.id, row])),
  }
}

/**
 * Loads the rows of the IDs, in order, with one statement per type. A row that does not exist, or that the viewer may
 * not see, is null.
 */
export async function loadNodes(
  ids: readonly GlobalId[],
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<(object | null)[]> {
  const found = new Map<string, ReadonlyMap<string | number, object>>()
  const types = Map.groupBy(ids, (id) => id.typeName)
  await Promise.all(
    [...types].map(async ([typeName, group]) => {
      const source = sourceOf(typeName)
      const keys = new Set(group.map((id) => source.keyOf(id)))
      found.set(typeName, await source.load([...keys], context, info))
    }),
  )
  return ids.map((id) => {
    const node = found.get(id.typeName)?.get(sourceOf(id.typeName).keyOf(id)) ?? null
    if (node) brandWithType(node, id.typeName as never)
    return node
  })
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description:
      'Look up an object by its global ID. Null if the object does not exist. With `@asOf`, pulls, findings ' +
      'and operations are not supported and return an error.',
    args: { id: t.arg.id({ required: true, description: 'The global ID, as returned by an `id` field.' }) },
    sql: refs(({ id }: { id: Value<string> }) => given(id).map((text) => [refOf(text)]), true),
    resolve: async (_root, { id }, context, info) => (await loadNodes([checkedId(id, context)], context, info))[0],
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: true, items: true },
    description:
      `Look up to ${idsSize.most} objects by their global IDs, in order. An object that does not exist is ` +
      'null; an invalid ID is an error at its own position.',
    extensions: costs({ size: idsSize }),
    args: { ids: t.arg.idList({ required: true, description: 'The global IDs, as returned by `id` fields.' }) },
    sql: refs(({ ids }: { ids: Value<string[]> }) => given(ids).map((all) => withinSize(all).map(refOf))),
    resolve: async (_root, { ids }, context, info) => {
      withinSize(ids)
      takeLookups(context, ids.length)
      const checked = ids.map((id) => idOrError(id, context))
      const nodes = await loadNodes(
        checked.flatMap((id) => (id instanceof Error ? [] : [id])),
        context,
        info,
      )
      const found = checked.map((id) => (id instanceof Error ? id : nodes.shift()))
      return withPlacedErrors(found, info) as object[]
    },
  }),
}))

function withinSize(ids: string[]): string[] {
  if (ids.length > idsSize.most) throw userInputError(`\`ids\` exceeds the limit of ${idsSize.most} IDs`)
  return ids
}

/** Only plans of types whose keys are numbers and that have a past use this. */
function refOf(text: string): Ref {
  const id = parseGlobalId(text, [...sources.keys()])
  const key = sourceOf(id.typeName).keyOf(id)
  return { type: id.typeName, by: 'id', id: typeof key === 'number' ? key : null, name: null, scope: null }
}

function checkedId(text: string, { moment }: GraphContext): GlobalId {
  const id = parseGlobalId(text, [...sources.keys()])
  const { keyOf, hasNoPast } = sourceOf(id.typeName)
  keyOf(id)
  if (hasNoPast && moment !== undefined) {
    throw userInputError(`The ID belongs to ${oneOf([id.typeName])}, which does not support @asOf`)
  }
  return id
}

function idOrError(text: string, context: GraphContext): GlobalId | Error {
  try {
    return checkedId(text, context)
  } catch (error) {
    return error as Error
  }
}

function sourceOf(typeName: string): NodeSource<string | number> {
  const source = sources.get(typeName)
  if (!source) throw new Error(`${typeName} has no node source`)
  return source
}
