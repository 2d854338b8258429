/**
 * Executes an operation in one of two ways: its plan answers it whole, by one statement, or graphql-js executes it, with
 * the planned parts as parents (docs/architecture.md, "The planner").
 */
import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isNonNullType,
  isObjectType,
  locatedError,
} from 'graphql'
import { type Remembered, remember } from '../mirror/count-cache.ts'
import {
  answerByPlan,
  type RootField,
  type Runner,
  readRefs,
  readRoot,
  StatementFailed,
  type TextResult,
} from '../planner/execute.ts'
import { checkKey, errorIn } from '../planner/json-text.ts'
import type { Ref } from '../planner/read.ts'
import type { PlannedField } from '../planner/sql-plugin.ts'
import { executeAsOf } from './as-of/as-of.ts'
import type { GraphContext } from './context.ts'
import { tooManyLookups } from './core/lookups.ts'
import { requiredScopes } from './core/required-scopes.ts'
import { visibleSlugs } from './core/tenant-visibility.ts'
import { batched } from './pagination/batch.ts'

export type { TextResult }

type Execute = (args: ExecutionArgs) => unknown
type Resolver = GraphQLFieldResolver<unknown, GraphContext, object, unknown>

/** `header`: the time in the request's header As-Of. `resolvesAll`: no plan can answer the operation whole. */
export function executeOperation(
  args: ExecutionArgs,
  execute: Execute,
  { header, resolvesAll }: { readonly header?: string | undefined; readonly resolvesAll?: boolean } = {},
): Promise<unknown> {
  const run = async (own: ExecutionArgs) => {
    const answer = resolvesAll ? undefined : await planned(own)
    return answer ?? inOrder((await execute({ ...own, rootValue: await rootOf(own) })) as ExecutionResult)
  }
  return executeAsOf(args, run, header)
}

/** The parent of the fields of Query. If the statement fails, each field that it reads fails with it. */
async function rootOf(args: ExecutionArgs): Promise<unknown> {
  const context = args.contextValue as GraphContext
  try {
    return (await readRoot(args, () => runnerOf(context))) ?? args.rootValue
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error
    context.signal.throwIfAborted()
    return Object.fromEntries(error.fields.map(({ key }) => [key, error.cause]))
  }
}

/** Lets all fields that declare how they are read take their values from what the planner has read. */
export function resolvePlanned(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const declared = field.extensions as PlannedField<GraphContext>
      if (declared.sql || declared.refs) field.resolve = resolverOf(declared) as NonNullable<typeof field.resolve>
    }
  }
  return schema
}

function resolverOf({ sql, compute, check, refs }: PlannedField<GraphContext>): Resolver {
  return (parent, args, context, info) => {
    const finish = (value: unknown) => {
      if (compute) return compute(value, args, context, info)
      return refs ? named(refs(value, args, context), context, info) : value
    }
    if (!sql) return finish(parent)
    const read = valueIn(parent, info)
    const error = errorIn(read)
    if (error) throw new GraphQLError(error.message, { extensions: error.extensions })
    if (!isChecked(read)) return read instanceof Error ? read : finish(read)
    if (!read[checkKey]) return finish(read.value)
    return check ? check(args, context).then(() => finish(read.value)) : finish(read.value)
  }
}

/** An object of JavaScript whose type also occurs in plans. Its properties have the names of the fields. */
export class FromJavaScript {
  constructor(fields: object) {
    Object.assign(this, fields)
  }
}

function valueIn(parent: unknown, { path, fieldName }: GraphQLResolveInfo): unknown {
  return Reflect.get(parent as object, parent instanceof FromJavaScript ? fieldName : path.key)
}

function isChecked(value: unknown): value is { readonly [checkKey]: boolean; readonly value: unknown } {
  return typeof value === 'object' && value !== null && checkKey in value
}

/** Reads objects by their names. Fields at the same path of the answer share one statement. */
async function named(
  asked: Ref | readonly Ref[] | null | undefined | Promise<Ref | readonly Ref[] | null | undefined>,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const refs = await asked
  if (refs == null) return null
  const list = Array.isArray(refs) ? (refs as readonly Ref[]) : [refs as Ref]
  const found = await batched(context, info, list, async (lists) => {
    const distinct = new Map(lists.flat().map((ref) => [JSON.stringify(ref), ref]))
    const objects = distinct.size > 0 ? await readRefs(info, [...distinct.values()], runnerOf(context)) : []
    const byRef = new Map([...distinct.keys()].map((key, i) => [key, objects[i] ?? null]))
    return lists.map((own) => own.map((ref) => byRef.get(JSON.stringify(ref)) ?? null))
  })
  return Array.isArray(refs) ? found.filter((object) => object !== null) : found[0]
}

/**
 * Sorts the errors by their places in the answer. Resolvers report them in the order in which they fail, which depends
 * on timing.
 */
function inOrder(result: ExecutionResult): ExecutionResult {
  const { data, errors } = result
  if (errors === undefined || errors.length < 2) return result
  return { ...result, errors: errors.toSorted((a, b) => compare(a, b, data)) }
}

/** Fields are in the order of the answer; below a null, in that of the document. */
function compare(a: GraphQLError, b: GraphQLError, data: unknown): number {
  const [one = [], other = []] = [a.path, b.path]
  let parent = data
  for (const [i, key] of one.entries()) {
    const otherKey = other[i]
    if (otherKey === undefined) return 1
    if (key !== otherKey) {
      if (typeof key === 'number' && typeof otherKey === 'number') return key - otherKey
      const keys = typeof parent === 'object' && parent !== null ? Object.keys(parent) : []
      return keys.indexOf(String(key)) - keys.indexOf(String(otherKey)) || startOf(a) - startOf(b)
    }
    parent = typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined
  }
  return one.length - other.length
}

function startOf({ nodes }: GraphQLError): number {
  return nodes?.[0]?.loc?.start ?? 0
}

/**
 * Answers a query by its plan. Undefined if resolvers have to execute the operation. Only for operations that are valid
 * and within their limits, and that have no `@asOf`.
 */
export async function planned(args: ExecutionArgs): Promise<TextResult | ExecutionResult | undefined> {
  const context = args.contextValue as GraphContext
  try {
    return await answerByPlan(args, () => runnerOf(context))
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error
    context.signal.throwIfAborted()
    return failed(error.cause, error.fields)
  }
}

function runnerOf(context: GraphContext): Runner {
  const { memory, viewer, moment, lookups } = context
  return {
    organizations: visibleSlugs(context),
    moment,
    lookupsLeft: lookups.left,
    tooManyLookups,
    recall: recallFrom(memory),
    permits: (field) => [...requiredScopes(field)].every((scope) => viewer.scopes.has(scope)),
    send: async (text, values) => (await context.answer(text, values))[0] ?? [],
    learn: (key, row) => learn(context, key, row),
  }
}

/** Keeps nothing of the request. */
function recallFrom(memory: GraphContext['memory']): Runner['recall'] {
  return (key) => memory.get(key)
}

/** Every field fails with the statement. */
function failed(error: unknown, fields: readonly RootField[]): ExecutionResult {
  const errors = fields.map(({ key, fieldNodes }) => locatedError(error, fieldNodes, [key]))
  const isNull = fields.some(({ returnType }) => isNonNullType(returnType))
  return { errors, data: isNull ? null : Object.fromEntries(fields.map(({ key }) => [key, null])) }
}

function learn({ memory }: GraphContext, key: string, row: Buffer): void {
  const [organizationId, learntAt, isKnown, answer] = JSON.parse(row.toString()) as [
    Remembered['organizationId'],
    Remembered['learntAt'],
    boolean,
    Remembered['answer'],
  ]
  if (!isKnown) remember(memory, key, { organizationId, learntAt, answer: answer ?? 'null' })
}
