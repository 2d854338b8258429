/** The directive `@asOf`, and the header `As-Of` for callers behind a gateway, which drops directives. */
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
  isObjectType,
  Kind,
  OperationTypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { OutsideHistory } from '../mirror/read-past.ts'
import { MomentNotSettled } from '../mirror/settled-moments.ts'
import { badInput } from './bad-input.ts'
import type { GraphContext } from './context.ts'
import { parseMoment } from './moment.ts'

const name = 'asOf'

/** What has no past, by type: it tells of the mirror itself, and of work that is under way. */
const onlyNow: Readonly<Record<string, readonly string[]>> = {
  Organization: ['mirror', 'budget'],
  Query: ['findings', 'operation', 'operations'],
}

/** The schema with the directive. What has no past is marked, so that it is known under other names too (prefixed.ts). */
export function withAsOf(schema: GraphQLSchema): GraphQLSchema {
  const directive = new GraphQLDirective({
    name,
    description:
      'The whole operation answers as the mirror would have at that moment. Not for what tells of the mirror itself or of work: mirror, budget, pulls, findings, operations. The header As-Of does the same; where both name a moment, it is the one of the directive.',
    locations: ['QUERY'] as never,
    args: {
      time: {
        type: new GraphQLNonNull(schema.getType('DateTime') as GraphQLScalarType),
        description: 'Within the history that is kept; not to come.',
      },
    },
  })
  for (const [typeName, fieldNames] of Object.entries(onlyNow)) {
    const type = schema.getType(typeName)
    for (const [fieldName, field] of Object.entries(isObjectType(type) ? type.getFields() : {})) {
      if (fieldNames.includes(fieldName)) field.extensions = { ...field.extensions, hasNoPast: true }
    }
  }
  return new GraphQLSchema({ ...schema.toConfig(), directives: [...schema.getDirectives(), directive] })
}

/**
 * The rules of validation: an operation about a moment asks for nothing that has no past. Where the request's header names the moment, by a rule
 * of another name: a document that was found valid is known so by its rules' names, with the header and without it.
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
      if (!context.getFieldDef()?.extensions.hasNoPast) return
      const coordinate = `${context.getParentType()?.name}.${node.name.value}`
      context.reportError(new GraphQLError(`${coordinate} does not support @asOf`, { nodes: node, extensions }))
    },
  }
}

/**
 * Executes an operation as of the moment that its directive names, or its request's header, and as of now where neither does. The directive
 * prevails. What it is asked of is replaced in the context by what it was then.
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
    // The operation is over, as it would be without a moment: the server knows why.
    if (context.signal.aborted) throw error
    return { errors: [told(error)] } satisfies ExecutionResult
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
    // What is wrong with the variables the execution says.
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {})
    if (!coerced) return undefined
    const values = getDirectiveValues(directive, operation, coerced)
    if (values) return values.time as string
  }
  return header === undefined ? undefined : parseMoment(header, 'As-Of')
}

/** The whole request is at fault, unless the error says otherwise of itself. */
function told(error: unknown): GraphQLError {
  const http = { status: 400, spec: true }
  if (error instanceof OutsideHistory) {
    const message = `The moment lies outside the history that is kept; expected one from ${error.from} to ${error.to}`
    return badInput(message, { code: 'OUTSIDE_HISTORY', from: error.from, to: error.to, http })
  }
  if (error instanceof GraphQLError) {
    // Without a code it is graphql-js's own, and quotes what it found.
    const own = error.extensions.code !== undefined
    return badInput(own ? error.message : '`time` of @asOf is required, and must not be null', {
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
