/**
 * The reference executor: graphql-js over the text of the schema and the rows in memory. It shares no code with
 * src/graph, whose answers it judges, apart from the text of the schema.
 */
import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLScalarType,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
  valueFromAST,
} from 'graphql'
import type { Dump } from './dump.ts'
import type { Reading } from './reading.ts'
import { resolvers } from './resolvers.ts'
import { plainRoot, schema as plainSchema, plainType, prefixedType, schemaWithPrefix } from './schema.ts'
import { checkScopes } from './scopes.ts'
import { compareText, parseTime } from './text.ts'

export interface Caller {
  readonly name: string
  /** The slugs of the organizations that the caller's token lists; null: all. */
  readonly organizations: readonly string[] | null
  readonly scopes: readonly ('read' | 'write')[]
}

export interface Request {
  readonly caller: Caller
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName?: string
  /** The header As-Of. */
  readonly asOf?: string
  /** The request is for the schema with a prefix. */
  readonly hasPrefix?: boolean
}

export interface Failure {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
  /** Where the field is in the document. */
  readonly start: number
}

export type ReferenceAnswer =
  /** The request fails before anything is executed. */
  { readonly refused: string } | { readonly refused?: never; readonly data: unknown; readonly errors: Failure[] }

/** Called for each executed field. */
export type OnField = (coordinate: string, args: Readonly<Record<string, unknown>>) => void

/** Asks the server a plain question as of a moment. */
export type Ask = (
  caller: Caller,
  question: string,
  variables: object,
  moment: string | undefined,
) => ReturnType<Reading['ask']>

export async function answerByReference(
  dump: Dump,
  request: Request,
  ask: Ask,
  onField: OnField = () => {},
): Promise<ReferenceAnswer> {
  const { variables: variableValues, operationName } = request
  const schema = request.hasPrefix ? schemaWithPrefix : plainSchema
  const document = parse(request.document)
  if (validate(schema, document).length > 0) return { refused: 'GRAPHQL_VALIDATION_FAILED' }
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error('The document lacks the operation')
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues)
  if (!coerced) return { refused: 'BAD_USER_INPUT' }
  const [directive] = operation.directives ?? []
  const time = directive?.arguments?.[0]?.value
  const moment = time
    ? (valueFromAST(time, schema.getType('DateTime') as GraphQLScalarType, coerced) as string)
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
    scopes: request.caller.scopes,
    ask: (question, values) => ask(request.caller, question, values, moment || undefined),
  }
  const result = (await execute({
    schema,
    document,
    ...(operationName !== undefined && { operationName }),
    variableValues,
    contextValue: reading,
    typeResolver: ({ __typename: name }) => (request.hasPrefix ? prefixedType(name) : name),
    fieldResolver: (source, args, context, info) => {
      const type = plainType(info.parentType.name)
      const name = type === 'Query' ? plainRoot(info.fieldName) : info.fieldName
      const resolve = resolvers[type]?.[name]
      if (!resolve) throw new Error(`The reference does not cover ${type}.${name}`)
      onField(`${type}.${name}`, args)
      if (type === 'Query') checkScopes(name, info, request.caller.scopes)
      return resolve(source, args, context)
    },
  })) as ExecutionResult
  return { data: result.data, errors: (result.errors ?? []).map(failureOf) }
}

function failureOf(error: GraphQLError): Failure {
  const { path = [], message, extensions, nodes } = error
  const start = nodes?.[0]?.loc?.start ?? 0
  if (extensions.code !== undefined) return { path, code: String(extensions.code), message, start }
  // The server words the mistakes that graphql-js finds in arguments.
  const [, argument] = /^Argument "(\w+)" of (?:required|non-null) type/.exec(message) ?? []
  if (argument === undefined) throw error.originalError ?? error
  return { path, start, code: 'BAD_USER_INPUT', message: `Argument \`${argument}\` is required, and must not be null` }
}
