/**
 * Executes an operation in one of two ways: its plan answers it whole, by one statement, or graphql-js executes it by
 * its resolvers (docs/architecture.md, "The planner").
 */
import { type ExecutionArgs, type ExecutionResult, isNonNullType, locatedError } from 'graphql'
import { type Remembered, remember } from '../mirror/count-cache.ts'
import { answerByPlan, type RootField, StatementFailed, type TextResult } from '../planner/execute.ts'
import { executeAsOf } from './as-of/as-of.ts'
import type { GraphContext } from './context.ts'
import { requiredScopes } from './core/required-scopes.ts'
import { visibleSlugs } from './core/tenant-visibility.ts'

export type { TextResult }

type Execute = (args: ExecutionArgs) => unknown

/** `header`: the time in the request's header As-Of. */
export function executeOperation(args: ExecutionArgs, execute: Execute, header?: string): Promise<unknown> {
  return executeAsOf(args, async (own) => (await planned(own)) ?? execute(own), header)
}

/**
 * Answers a query by its plan. Undefined if resolvers have to execute the operation. Only for operations that are valid
 * and within their limits, and that have no `@asOf`.
 */
export async function planned(args: ExecutionArgs): Promise<TextResult | ExecutionResult | undefined> {
  const context = args.contextValue as GraphContext
  const { memory, viewer, signal, moment, lookups } = context
  try {
    return await answerByPlan(args, {
      organizations: visibleSlugs(context),
      moment,
      lookupsLeft: lookups.left,
      recall: (key) => memory.get(key),
      permits: (field) => [...requiredScopes(field)].every((scope) => viewer.scopes.has(scope)),
      send: async (text, values) => (await context.answer(text, values))[0] ?? [],
      learn: (key, row) => learn(context, key, row),
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof StatementFailed)) throw signal.aborted ? signal.reason : error
    return failed(error.cause, error.fields)
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
