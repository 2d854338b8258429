/** The directive `@asOf`, and the header `As-Of` for callers behind a gateway, because gateways drop directives. */
import {
  type ASTVisitor,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLDirective,
  GraphQLError,
  GraphQLNonNull,
  type GraphQLScalarType,
  GraphQLSchema,
  getDirectiveValues,
  getOperationAST,
  getVariableValues,
  Kind,
  OperationTypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { OutsideRetentionError } from '../../db/history/read-as-of.ts'
import { MomentNotSettled } from '../../db/settled-moments.ts'
import type { GraphContext } from '../context.ts'
import { supportsAsOf } from '../core/field-policy.ts'
import { userInputError } from '../core/user-input-error.ts'
import { parseMoment } from './moment.ts'

const name = 'asOf'

/** Returns the schema with the directive. */
export function withAsOf(schema: GraphQLSchema): GraphQLSchema {
  const directive = new GraphQLDirective({
    name,
    description:
      'Executes the whole query against the state of the mirror at a past moment. Not supported by `mirror`, ' +
      '`budget`, `pulls`, `findings`, `operation` and `operations`, which describe the mirror itself or work ' +
      'in progress. The HTTP header `As-Of` has the same effect; if both are given, the directive takes ' +
      'precedence.',
    locations: ['QUERY'] as never,
    args: {
      time: {
        type: new GraphQLNonNull(schema.getType('DateTime') as GraphQLScalarType),
        description:
          'The moment to read. Must lie within the retained history and must not be in the future. Otherwise the ' +
          'query fails with the code OUTSIDE_HISTORY.',
      },
    },
  })
  return new GraphQLSchema({ ...schema.toConfig(), directives: [...schema.getDirectives(), directive] })
}

/**
 * The validation rule that rejects fields without `@asOf` support in an operation about a past moment. The rule for a
 * moment in the request's header has a name of its own: validation results are cached by the names of the rules, so the
 * same document can be valid without the header and invalid with it.
 */
export function onlyWhatHasAPast({ byHeader }: { byHeader: boolean }): ValidationRule {
  return byHeader ? OnlyWhatHasAPastRule : OnlyWhatHasAPastIfDirectedRule
}

function OnlyWhatHasAPastIfDirectedRule(context: ValidationContext): ASTVisitor {
  return hasDirective(context.getDocument()) ? OnlyWhatHasAPastRule(context) : {}
}

function OnlyWhatHasAPastRule(context: ValidationContext): ASTVisitor {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' }
  return {
    OperationDefinition(node) {
      if (node.operation === OperationTypeNode.QUERY) return
      context.reportError(
        new GraphQLError(`@asOf applies to queries only; this operation is a ${node.operation}`, {
          nodes: node,
          extensions,
        }),
      )
    },
    Field(node) {
      const field = context.getFieldDef()
      if (!field || supportsAsOf(field)) return
      const coordinate = `${context.getParentType()?.name}.${node.name.value}`
      context.reportError(new GraphQLError(`${coordinate} does not support @asOf`, { nodes: node, extensions }))
    },
  }
}

/**
 * Executes an operation as of the moment in its directive or in the request's header, and as of now without either. The
 * directive takes precedence. For a past moment, the readers in the context are replaced by readers of that moment.
 */
export async function executeAsOf(
  args: ExecutionArgs,
  execute: (args: ExecutionArgs) => unknown,
  header?: string | undefined,
): Promise<unknown> {
  const context = args.contextValue as GraphContext
  try {
    const moment = momentOf(args, header)
    if (moment !== undefined) {
      return await context.readPast(
        moment,
        async (past) => await execute({ ...args, contextValue: { ...context, ...past, moment } }),
      )
    }
  } catch (error) {
    // The operation has ended for the same reasons as without a moment; the server handles them.
    if (context.signal.aborted) throw error
    return { errors: [clientErrorOf(error)] } satisfies ExecutionResult
  }
  return execute(args)
}

function momentOf(
  { schema, document, operationName, variableValues }: ExecutionArgs,
  header: string | undefined,
): string | undefined {
  const operation = getOperationAST(document, operationName)
  const directive = schema.getDirective(name)
  if (operation && directive && operation.directives?.some((one) => one.name.value === name)) {
    // The execution itself reports errors in the variables.
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {})
    if (!coerced) return undefined
    const values = getDirectiveValues(directive, operation, coerced)
    if (values) return values.time as string
  }
  return header === undefined ? undefined : parseMoment(header, 'As-Of')
}

/** Errors fail the whole request with HTTP 400, unless the error carries another status. */
function clientErrorOf(error: unknown): GraphQLError {
  const http = { status: 400, spec: true }
  if (error instanceof OutsideRetentionError) {
    const message = `The moment lies outside the retained history; expected a time from ${error.from} to ${error.to}`
    return userInputError(message, { code: 'OUTSIDE_HISTORY', from: error.from, to: error.to, http })
  }
  if (error instanceof GraphQLError) {
    // Errors without a code come from graphql-js and quote the value.
    const own = error.extensions.code !== undefined
    return userInputError(own ? error.message : '`time` of @asOf is required and must not be null', {
      http,
      ...error.extensions,
    })
  }
  if (error instanceof MomentNotSettled) {
    const http = { status: 503, spec: true, headers: { 'retry-after': '1' } }
    return new GraphQLError(error.message, { extensions: { code: 'SERVICE_UNAVAILABLE', http } })
  }
  return new GraphQLError('Internal error', { originalError: error as Error })
}

function hasDirective(document: DocumentNode): boolean {
  return document.definitions.some(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION && one.directives?.some((directive) => directive.name.value === name),
  )
}
