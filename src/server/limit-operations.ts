/** Refuses what is too much before it costs anything: each step looks at what the one before has let through. */
import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type ParseOptions,
  parse,
  type Source,
  type ValidationRule,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { checkVariables } from './check-variables.ts'
import { checkDocument, type DocumentLimits, tooMuch } from './document-limits.ts'
import { costOf } from './operation-cost.ts'

export interface OperationLimits {
  readonly document: DocumentLimits
  readonly cost: number
  /** `public`: for everybody; `token`: for those with a token; `off`: for nobody. */
  readonly introspection: 'public' | 'token' | 'off'
}

/** Documents longer than this are not looked at. */
const longestDocument = 60_000

/** `isAnonymous`: nobody whose token is known, who may introspect and do nothing else. */
export function limitOperations<Context extends { isAnonymous: boolean }>(
  limits: OperationLimits,
): Plugin<Context, Context> {
  const check = (
    schema: Parameters<typeof costOf>[0],
    document: DocumentNode,
    name: string | null | undefined,
    variables: unknown,
  ) => {
    const operation = getOperationAST(document, name)
    if (!operation) return undefined
    const cost = costOf(schema, document, operation, (variables ?? {}) as Record<string, unknown>)
    if (cost > limits.cost) {
      throw tooMuch(
        `The operation may come to read ${cost} objects; ${limits.cost} is the most. Ask for smaller pages`,
        { cost },
      )
    }
    return { cost, operation }
  }
  return {
    onParams({ params }) {
      if (typeof params.query === 'string' && params.query.length > longestDocument) {
        throw tooMuch(`The document is longer than ${longestDocument} characters, which is the most`)
      }
      checkVariables(params.variables)
    },
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) => {
        const document = parse(source, { ...options, maxTokens: limits.document.tokens })
        checkDocument(document, limits.document)
        return document
      })
    },
    onValidate({ addValidationRule, context }) {
      if (limits.introspection === 'off') addValidationRule(NoSchemaIntrospectionCustomRule)
      if ((context as Partial<Context>).isAnonymous) addValidationRule(IntrospectionOnlyRule)
    },
    onExecute({ args, setResultAndStopExecution }) {
      try {
        const checked = check(args.schema, args.document, args.operationName, args.variableValues)
        if (checked && asksForCost(args.contextValue)) reported.set(args, checked.cost)
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        setResultAndStopExecution({ errors: [error] })
      }
      return {
        onExecuteDone: ({ result, setResult }) => {
          const cost = reported.get(args)
          if (cost === undefined || Symbol.asyncIterator in result) return
          setResult({ ...result, extensions: { ...result.extensions, cost } })
        },
      }
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      try {
        check(args.schema, args.document, args.operationName, args.variableValues)
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        setResultAndStopExecution({ errors: [error] })
      }
    },
  }
}

const reported = new WeakMap<object, number>()

/** By `"extensions": { "cost": true }` beside the query. */
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
        'A token is needed for more than introspection: send it in the header "Authorization: Bearer …".',
        {
          extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
        },
      ),
    )
  },
})
