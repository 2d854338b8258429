/**
 * The reference executor: graphql-js over the text of the schema and the rows in memory. It shares no code with
 * src/graph, whose answers it judges, apart from the text of the schema.
 */
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLScalarType,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  parse,
  printSchema,
  type ValueNode,
  validate,
  valueFromAST,
} from 'graphql'
import { buildSchema as buildServedSchema } from '../../src/graph/schema.ts'
import type { Dump } from './dump.ts'
import type { Reading } from './organizations.ts'
import { resolvers } from './resolvers.ts'
import { checkAddress, compareText, parseTime } from './text.ts'

export interface Caller {
  readonly name: string
  /** The slugs of the organizations that the caller's token lists; null: all. */
  readonly organizations: readonly string[] | null
}

export interface Request {
  readonly caller: Caller
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName?: string
  /** The header As-Of. */
  readonly asOf?: string
}

export interface Failure {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
}

export type ReferenceAnswer =
  /** The request fails before anything is executed. */
  { readonly refused: string } | { readonly refused?: never; readonly data: unknown; readonly errors: Failure[] }

/** Called for each executed field. */
export type OnField = (coordinate: string, args: Readonly<Record<string, unknown>>) => void

export const schema: GraphQLSchema = withScalars(buildSchema(printSchema(buildServedSchema())))

function withScalars(built: GraphQLSchema): GraphQLSchema {
  const parsers = { DateTime: parseTime, EmailAddress: (value: unknown) => checkAddress(value) }
  for (const [name, parseValue] of Object.entries(parsers)) {
    const parseLiteral = (node: ValueNode) => parseValue(node.kind === Kind.STRING ? node.value : undefined)
    Object.assign(built.getType(name) as GraphQLScalarType, { parseValue, parseLiteral })
  }
  return built
}

export function answerByReference(dump: Dump, request: Request, onField: OnField = () => {}): ReferenceAnswer {
  const { variables: variableValues, operationName } = request
  const document = parse(request.document)
  if (validate(schema, document).length > 0) return { refused: 'GRAPHQL_VALIDATION_FAILED' }
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error('The document lacks the operation')
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues)
  if (!coerced) return { refused: 'BAD_USER_INPUT' }
  const [directive] = operation.directives ?? []
  const time = directive?.arguments?.[0]?.value
  const moment = time
    ? (valueFromAST(time, scalarOf('DateTime'), coerced) as string)
    : request.asOf && parseTime(request.asOf)
  if (moment && (moment < dump.from || moment > new Date().toISOString())) return { refused: 'OUTSIDE_HISTORY' }
  const state = moment ? dump.at(moment) : dump.now
  const listed = request.caller.organizations
  const reading: Reading = {
    state,
    visible: state.organizations
      .filter(({ retired_at, slug }) => retired_at === null && (listed === null || listed.includes(slug)))
      .sort((a, b) => compareText(a.slug, b.slug)),
    moment: moment || undefined,
  }
  const result = execute({
    schema,
    document,
    ...(operationName !== undefined && { operationName }),
    variableValues,
    contextValue: reading,
    fieldResolver: (source, args, context, { parentType, fieldName }) => {
      const resolve = resolvers[parentType.name]?.[fieldName]
      if (!resolve) throw new Error(`The reference does not cover ${parentType.name}.${fieldName}`)
      onField(`${parentType.name}.${fieldName}`, args)
      return resolve(source, args, context)
    },
  }) as ExecutionResult
  return { data: result.data, errors: (result.errors ?? []).map(failureOf) }
}

function scalarOf(name: string): GraphQLScalarType {
  return schema.getType(name) as GraphQLScalarType
}

function failureOf(error: GraphQLError): Failure {
  const { path = [], message, extensions } = error
  if (extensions.code !== undefined) return { path, code: String(extensions.code), message }
  // The server words the mistakes that graphql-js finds in arguments.
  const [, argument] = /^Argument "(\w+)" of (?:required|non-null) type/.exec(message) ?? []
  if (argument === undefined) throw error.originalError ?? error
  return { path, code: 'BAD_USER_INPUT', message: `Argument \`${argument}\` is required, and must not be null` }
}
