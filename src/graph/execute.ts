/**
 * Executes an operation in one of two ways: its plan answers it whole, by one statement, or graphql-js executes it by
 * its resolvers (docs/architecture.md, "The planner").
 */
import { type ExecutionArgs, type ExecutionResult, type GraphQLError, isNonNullType, locatedError } from 'graphql'
import { type Remembered, remember } from '../mirror/count-cache.ts'
import { answerByPlan, type RootField, type Runner, StatementFailed, type TextResult } from '../planner/execute.ts'
import { executeAsOf } from './as-of/as-of.ts'
import type { GraphContext } from './context.ts'
import { requiredScopes } from './core/required-scopes.ts'
import { visibleSlugs } from './core/tenant-visibility.ts'

export type { TextResult }

type Execute = (args: ExecutionArgs) => unknown

/** `header`: the time in the request's header As-Of. `resolvesAll`: no plan can answer the operation. */
export function executeOperation(
  args: ExecutionArgs,
  execute: Execute,
  { header, resolvesAll }: { readonly header?: string | undefined; readonly resolvesAll?: boolean } = {},
): Promise<unknown> {
  const run = async (own: ExecutionArgs) =>
    (resolvesAll ? undefined : await planned(own)) ?? inOrder((await execute(own)) as ExecutionResult)
  return executeAsOf(args, run, header)
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
    recall: (key) => memory.get(key),
    permits: (field) => [...requiredScopes(field)].every((scope) => viewer.scopes.has(scope)),
    send: async (text, values) => (await context.answer(text, values))[0] ?? [],
    learn: (key, row) => learn(context, key, row),
  }
}

/** Every field fails with the statement. */
function failed(error: unknown, fields: readonly RootField[]): ExecutionResult {
  const errors = fields.map(({ key, fieldNodes }) => locatedError(error, fieldNodes, [key]))
  const isNull = fields.some(({ returnType }) => isNonNullType(returnType))
  return { errors, data: isNull ? null : Object.fromEntries(fields.map(({ key }) => [key, null])) }
}

function learn({ memory }: GraphContext, key: string, row: string): void {
  const [organizationId, learntAt, isKnown, answer] = JSON.parse(row) as [
    Remembered['organizationId'],
    Remembered['learntAt'],
    boolean,
    Remembered['answer'],
  ]
  if (!isKnown) remember(memory, key, { organizationId, learntAt, answer: answer ?? 'null' })
}
