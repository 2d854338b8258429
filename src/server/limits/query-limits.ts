/**
 * Rejects requests that exceed a limit before they cost anything. Each step checks what the step before has let
 * through.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type ParseOptions,
  parse,
  type Source,
  type ValidationRule,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { TextResult } from '../../graph/execute.ts'
import { checkDocument, type DocumentLimits, limitExceeded } from './document-limits.ts'
import { type CostOf, createCostOf } from './operation-cost.ts'
import { jsonBytes } from './response-size.ts'
import { checkVariables } from './variable-limits.ts'

export interface OperationLimits {
  readonly document: DocumentLimits
  readonly cost: number
  /** Of a response, or of one event of a stream, as JSON in UTF-8. */
  readonly responseBytes: number
  /** Who may introspect. `public`: everyone; `token`: callers with a token; `off`: no one. */
  readonly introspection: 'public' | 'token' | 'off'
}

/** Share of the cost limit: about 0.1 s of Postgres at 100,000 users. */
const heavyShare = 0.05
/** Longer documents are not parsed. */
const longestDocument = 60_000

/** The checks of an operation before and after it is executed. */
export interface OperationChecks {
  /** Returns the cost. Throws if it exceeds the limit. */
  costOf(args: Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>): number
  /** Costly operations share a part of the database connections (docs/architecture.md, "Shares"). */
  weigh(context: unknown, cost: number): void
  isTooLarge(result: ExecutionResult & Partial<TextResult>): boolean
}

export function operationChecks(limits: OperationLimits): OperationChecks {
  let costs: { readonly schema: GraphQLSchema; readonly of: CostOf } | undefined
  return {
    costOf({ schema, document, operationName, variableValues }) {
      const operation = getOperationAST(document, operationName)
      if (!operation) return 0
      if (costs?.schema !== schema) costs = { schema, of: createCostOf(schema) }
      const cost = costs.of(document, operation, variableValues ?? {})
      if (cost <= limits.cost) return cost
      throw limitExceeded(
        { limit: 'cost', max: limits.cost, actual: cost },
        `The operation's cost of ${cost} exceeds the limit of ${limits.cost}. Request smaller pages or simpler filters.`,
      )
    },
    weigh(context, cost) {
      const isHeavy = cost > limits.cost * heavyShare
      if (isHeavy && hasLoad(context)) context.load.isHeavy = true
    },
    isTooLarge(result) {
      const { text, extensions } = result
      const bytes = text?.length ?? jsonBytes(result, limits.responseBytes)
      return bytes + (text && extensions ? jsonBytes(extensions, limits.responseBytes) : 0) > limits.responseBytes
    },
  }
}

/** `isAnonymous`: a caller without a valid token, who may only introspect. */
export function limitOperations<Context extends { isAnonymous: boolean }>(
  limits: OperationLimits,
  { costOf, weigh, isTooLarge }: OperationChecks = operationChecks(limits),
): Plugin<Context, Context> {
  const tooLarge = (operation: OperationDefinitionNode | null | undefined): ExecutionResult => {
    const done = operation?.operation === 'mutation' ? ' The mutation was carried out.' : ''
    const message = `The response exceeds the limit of ${limits.responseBytes} bytes.${done} Request smaller pages or fewer fields.`
    return { errors: [limitExceeded({ limit: 'responseBytes', max: limits.responseBytes }, message)] }
  }

  return {
    onParams({ params }) {
      const length = typeof params.query === 'string' ? params.query.length : 0
      if (length > longestDocument) {
        throw limitExceeded(
          { limit: 'documentCharacters', max: longestDocument, actual: length },
          `The document has ${length} characters; the limit is ${longestDocument}.`,
        )
      }
      checkVariables(params.variables)
    },
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) => {
        const document = parseWithin(limits.document.tokens, source, options)
        checkDocument(document, limits.document)
        return document
      })
    },
    onValidate({ addValidationRule, context }) {
      if (limits.introspection === 'off') addValidationRule(NoSchemaIntrospectionCustomRule)
      if ((context as Partial<Context>).isAnonymous) addValidationRule(IntrospectionOnlyRule)
    },
    onExecute({ args, setResultAndStopExecution }) {
      let reported: number | undefined
      try {
        const cost = costOf(args)
        weigh(args.contextValue, cost)
        if (asksForCost(args.contextValue)) reported = cost
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        setResultAndStopExecution({ errors: [error] })
      }
      return {
        onExecuteDone: ({ result, setResult }) => {
          if (Symbol.asyncIterator in result) return
          const whole =
            reported === undefined ? result : { ...result, extensions: { ...result.extensions, cost: reported } }
          if (isTooLarge(whole)) setResult(tooLarge(getOperationAST(args.document, args.operationName)))
          else if (whole !== result) setResult(whole)
        },
      }
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      try {
        weigh(args.contextValue, costOf(args))
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        setResultAndStopExecution({ errors: [error] })
      }
      return {
        onSubscribeResult: () => ({
          onNext: ({ result, setResult }) => {
            if (isTooLarge(result)) setResult(tooLarge(undefined))
          },
        }),
      }
    },
  }
}

function hasLoad(context: unknown): context is { load: { isHeavy: boolean } } {
  return typeof context === 'object' && context !== null && 'load' in context
}

/** The parser counts tokens as it reads, and reports the limit as a syntax error. */
function parseWithin(tokens: number, source: string | Source, options?: ParseOptions): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: tokens })
  } catch (error) {
    if (!(error instanceof GraphQLError && error.message.endsWith('tokens. Parsing aborted.'))) throw error
    throw limitExceeded({ limit: 'tokens', max: tokens }, `The document exceeds the limit of ${tokens} tokens.`)
  }
}

/** Requested by `"extensions": { "cost": true }` next to the query. */
function asksForCost(context: unknown): boolean {
  const params = typeof context === 'object' && context !== null && 'params' in context ? context.params : undefined
  const extensions =
    typeof params === 'object' && params !== null && 'extensions' in params ? params.extensions : undefined
  return typeof extensions === 'object' && extensions !== null && 'cost' in extensions && extensions.cost === true
}

const IntrospectionOnlyRule: ValidationRule = (context) => ({
  OperationDefinition({ selectionSet }: OperationDefinitionNode) {
    const others = selectionSet.selections.filter((one) => one.kind !== 'Field' || !one.name.value.startsWith('__'))
    if (others.length === 0) return
    context.reportError(
      new GraphQLError(
        'A token is required for anything but introspection: send it in the header "Authorization: Bearer …".',
        {
          extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
        },
      ),
    )
  },
})
