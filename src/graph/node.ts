/** What global ids name: Query.node and Query.nodes, to which each type of the interface Node adds how its rows are found. */
import { brandWithType } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { badInput } from './bad-input.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { costs } from './cost.ts'
import { type GlobalId, numericKey, oneOf, parseGlobalId } from './global-id.ts'
import { takeLookups, withPlacedErrors } from './lookups.ts'

const idsSize = { lengthOf: 'ids', most: 500 } as const

export interface NodeSource<Key extends string | number> {
  /** Its rows tell of the mirror itself, or of work: as of a moment they are not given. */
  readonly hasNoPast?: boolean
  /** The row's key. Throws bad input for a global id of this type that no row can have. */
  keyOf(id: GlobalId): Key
  /** The rows that there are and that readers may see, with all that the operation asks of them. */
  load(keys: Key[], context: GraphContext, info: GraphQLResolveInfo): PromiseLike<ReadonlyMap<string | number, object>>
}

const sources = new Map<string, NodeSource<string | number>>()

/** Says how a type's rows are found by their global ids. */
export function addNodeSource<Key extends string | number>(typeName: string, source: NodeSource<Key>): void {
  sources.set(typeName, source as NodeSource<number | string>)
}

/** The source of a table whose key is its column `id`. */
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

/** The type's rows of the ids, null where there is none or readers may not see it, in the ids' order: one statement for each type among them. */
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
      'What the id names; null where that is gone or was never there. As of a moment no pull, finding or operation is given: that is an error.',
    args: { id: t.arg.id({ required: true, description: 'As some field `id` gave it.' }) },
    resolve: async (_root, { id }, context, info) => (await loadNodes([checkedId(id, context)], context, info))[0],
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: true, items: true },
    description: `The same for up to ${idsSize.most} ids, in their order. An id that is wrong harms no other.`,
    extensions: costs({ size: idsSize }),
    args: { ids: t.arg.idList({ required: true, description: 'As fields `id` gave them.' }) },
    resolve: async (_root, { ids }, context, info) => {
      if (ids.length > idsSize.most) throw badInput(`\`ids\` exceeds the limit of ${idsSize.most} ids`)
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

function checkedId(text: string, { moment }: GraphContext): GlobalId {
  const id = parseGlobalId(text, [...sources.keys()])
  const { keyOf, hasNoPast } = sourceOf(id.typeName)
  keyOf(id)
  if (hasNoPast && moment !== undefined) {
    throw badInput(`The id names ${oneOf([id.typeName])}, which does not support @asOf`)
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
  if (!source) throw new Error(`${typeName} has no source of nodes`)
  return source
}
