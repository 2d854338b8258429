/**
 * Answers a query without Yoga if Yoga has let its document through before, for any caller with a token, and if a plan
 * answers it whole. Every check that depends on the caller, the variables or the cost runs here too. Anything
 * unusual is left to Yoga, which then starts anew.
 */
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql'
import { planned, type TextResult } from '../../graph/execute.ts'
import type { OperationChecks } from '../limits/query-limits.ts'
import { checkVariables } from '../limits/variable-limits.ts'

interface Params {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> | null | undefined
  readonly operationName: string | null | undefined
}

export interface ShortcutOptions {
  readonly schema: GraphQLSchema
  readonly checks: OperationChecks
  /** The parsed documents by their text. */
  readonly documents: { get(text: string): DocumentNode | undefined }
}

export interface Shortcut {
  /** Records that the document is valid for callers with a token. */
  admit(document: DocumentNode): void
  /**
   * Returns the answer, if any, and whether a plan was tried: Yoga then leaves the operation to resolvers. `contextFor`
   * is called with the operation's name once the operation is known to be within its limits.
   */
  answer(
    body: string,
    contextFor: (operation: string | undefined) => object | Promise<object>,
  ): Promise<{ readonly result?: ExecutionResult | TextResult | undefined; readonly isTried: boolean }>
}

export function openShortcut({ schema, checks, documents }: ShortcutOptions): Shortcut {
  const admitted = new WeakSet<DocumentNode>()
  return {
    admit: (document) => void admitted.add(document),
    async answer(body, contextFor) {
      const params = paramsOf(body)
      const document = params && documents.get(params.query)
      if (!document || !admitted.has(document)) return untried
      const operation = getOperationAST(document, params.operationName)
      if (operation?.operation !== 'query' || operation.directives?.length) return untried
      const args = { schema, document, operationName: params.operationName, variableValues: params.variables ?? {} }
      const cost = within(() => {
        checkVariables(params.variables)
        return checks.costOf(args)
      })
      if (cost === undefined) return untried
      const contextValue = await contextFor(operation.name?.value)
      checks.weigh(contextValue, cost)
      try {
        const result = await planned({ ...args, contextValue })
        return result && checks.isTooLarge(result) ? untried : { result, isTried: true }
      } catch {
        // The caller has left, the operation has timed out, or a bug: Yoga ends in the same way, and reports it.
        return untried
      }
    },
  }
}

const untried = { isTried: false }

/** Undefined unless the body has nothing but a document and its variables. */
function paramsOf(body: string): Params | undefined {
  const params = parsed(body)
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return undefined
  const { query, variables, operationName, ...others } = params as Record<string, unknown>
  if (Object.keys(others).length > 0 || typeof query !== 'string') return undefined
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) return undefined
  if (operationName != null && typeof operationName !== 'string') return undefined
  return { query, operationName, variables: variables as Params['variables'] }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Yoga reports the error of a limit. */
function within<Result>(check: () => Result): Result | undefined {
  try {
    return check()
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}
