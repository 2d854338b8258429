/**
 * Lookup by global ID: Query.node and Query.nodes. Each type of the interface Node registers how its rows are found.
 */
import { type Column, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { given, type Value } from '../../planner/given.ts'
import { typeKey } from '../../planner/json-text.ts'
import { type Env, type Ref, type RefColumns, type RefSource, ref, refs, refTo } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { errorOr } from '../execute.ts'
import { costs } from './cost.ts'
import { numericKey, oneOf, parseGlobalId } from './global-id.ts'
import { withPlacedErrors } from './lookups.ts'
import { isOfVisible, organizationOf } from './tenant-visibility.ts'
import { userInputError } from './user-input-error.ts'

const idsSize = { lengthOf: 'ids', most: 500 } as const

interface NodeType {
  /** The rows describe the mirror itself, or work in progress, and are not available as of a past moment. */
  readonly hasNoPast?: boolean
  /** For a type that is not planned: checks the key of an ID, and loads the existing objects that the viewer may see. */
  readonly load?: (keys: readonly string[], context: GraphContext) => Promise<ReadonlyMap<string, object>>
  readonly checkKey?: (key: string) => void
}

const types = new Map<string, NodeType>()

/** Registers a type of the interface Node whose rows the planner finds. Returns the extensions of the type. */
export function addNodeSource(source: RefSource, options: NodeType = {}): { refs: RefSource } {
  types.set(source.type, options)
  return { refs: source }
}

type Rows = PgTable & { readonly id: Column; readonly organizationId: Column }

/**
 * Like `addNodeSource`, for rows that belong to an organization: only those of visible organizations are found. `named`:
 * the condition that a row has a name, which is unique in its organization.
 */
export function nodeRows<Table extends Rows>(
  type: string,
  table: Table,
  { named, ...options }: NodeType & { readonly named?: (row: Table, name: SQL) => SQL } = {},
): { refs: RefSource } {
  const id = (row: Table, ref: RefColumns, env: Env) =>
    sql`${row.id} = ${ref.id} and ${isOfVisible(env, row.organizationId)}`
  const name = (row: Table, ref: RefColumns, env: Env) =>
    sql`${named?.(row, ref.name)} and ${isOfVisible(env, row.organizationId)}`
  const scoped = (row: Table, ref: RefColumns, env: Env) =>
    sql`${named?.(row, ref.name)} and ${row.organizationId} = ${organizationOf(ref.scope, env)}`
  return addNodeSource({ type, table, by: named ? { id, name, scoped } : { id }, ambiguous }, options)
}

const ambiguous = () =>
  userInputError('Several organizations have an object with this key; add `organization { slug }` to the key')

/** Registers a type of the interface Node that is not planned. */
export function addNodeType(typeName: string, options: Required<Pick<NodeType, 'load' | 'checkKey'>>): void {
  types.set(typeName, options)
}

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description:
      'Look up an object by its global ID. Null if the object does not exist. With `@asOf`, pulls, findings ' +
      'and operations are not supported and return an error.',
    args: { id: t.arg.id({ required: true, description: 'The global ID, as returned by an `id` field.' }) },
    sql: refTo(({ id }: { id: Value<string> }) => given(id), refOf),
    compute: async (found: object | null, _args, context) => (await withLoaded([found], context))[0],
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: true, items: true },
    description:
      `Look up to ${idsSize.most} objects by their global IDs, in order. An object that does not exist is ` +
      'null; an invalid ID is an error at its own position.',
    extensions: costs({ size: idsSize }),
    args: { ids: t.arg.idList({ required: true, description: 'The global IDs, as returned by `id` fields.' }) },
    sql: refs(({ ids }: { ids: Value<string[]> }) => given(ids).map(withinSize), refOf),
    compute: async (found: (object | null)[], _args, context, info) =>
      withPlacedErrors((await withLoaded(found, context)).map(errorOr) as (object | null)[], info) as object[],
  }),
}))

function withinSize(ids: string[]): string[] {
  if (ids.length > idsSize.most) throw userInputError(`\`ids\` exceeds the limit of ${idsSize.most} IDs`)
  return ids
}

/** Throws bad input for an ID that no object can have, or of an object that has no past. */
function refOf(text: string, { moment }: Env): Ref {
  const id = parseGlobalId(text, [...types.keys()])
  const { hasNoPast, checkKey } = types.get(id.typeName) ?? {}
  checkKey?.(id.key)
  const found = checkKey ? { ...ref(id.typeName, 0), name: id.key } : ref(id.typeName, numericKey(id))
  if (!hasNoPast || moment === undefined) return found
  throw userInputError(`The ID belongs to ${oneOf([id.typeName])}, which does not support @asOf`)
}

/** Replaces references to objects that are not planned by the objects. */
async function withLoaded(found: readonly (object | null)[], context: GraphContext): Promise<(object | null)[]> {
  const loaded = new Map<string, object>()
  for (const [typeName, { load }] of types) {
    if (!load) continue
    const keys = found.flatMap((one) => (isOf(typeName, one) ? [one.key] : []))
    if (keys.length === 0) continue
    for (const [key, object] of await load([...new Set(keys)], context)) {
      loaded.set(`${typeName}:${key}`, { ...object, [typeKey]: typeName })
    }
  }
  const isUnplanned = (one: object) => types.get(String(Reflect.get(one, typeKey)))?.load !== undefined
  return found.map((one) =>
    one && isUnplanned(one) ? (loaded.get(`${Reflect.get(one, typeKey)}:${Reflect.get(one, 'key')}`) ?? null) : one,
  )
}

function isOf(typeName: string, one: object | null): one is { readonly key: string } {
  return one !== null && Reflect.get(one, typeKey) === typeName
}
