/**
 * Validates an operation's variables. graphql-js also does this, but it quotes the value, and prints the whole
 * enclosing object again for each error. It is called only once no error is left.
 */
import {
  GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { expectationOf, missingFields, notNull, unknownField } from './expectation.ts'
import { mostErrors, unshown } from './places.ts'

/** `$` and the name as the operation declares it. Longer names are not quoted. */
const longestName = 64

interface Walk {
  readonly namesSchema: boolean
  /** Throws `enough` beyond the maximum number of errors. */
  readonly report: (message: string) => void
}

const enough = Symbol('enough')

/** `namesSchema`: whether the caller may see the schema's names. Returns no errors if the variables are valid. */
export function variableErrors(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  namesSchema: boolean,
): GraphQLError[] {
  const errors: GraphQLError[] = []
  try {
    for (const definition of variableDefinitions) {
      const report = (message: string) => {
        if (errors.length === mostErrors) throw enough
        errors.push(
          new GraphQLError(`Variable ${nameOf(definition)}${message}`, {
            nodes: definition,
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400, spec: true } },
          }),
        )
      }
      checkVariable(schema, definition, variables, { namesSchema, report })
    }
  } catch (error) {
    if (error !== enough) throw error
    errors.push(unshown())
  }
  return errors
}

function checkVariable(
  schema: GraphQLSchema,
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  walk: Walk,
): void {
  const type = typeFromAST(schema, typeNode)
  // Validation rejects types that are unknown or not input types.
  if (!isInputType(type)) return
  const name = variable.name.value
  if (Object.hasOwn(variables, name)) checkValue(variables[name], type, '', walk)
  else if (!defaultValue && isNonNullType(type)) walk.report(` is required: its type is \`${type}\``)
}

function checkValue(value: unknown, type: GraphQLInputType, path: string, walk: Walk): void {
  const wrong = (predicate: string) => walk.report(`${subject(path)} ${predicate}`)
  if (isNonNullType(type)) {
    if (value == null) wrong(notNull(type))
    else checkValue(value, type.ofType as GraphQLInputType, path, walk)
  } else if (value == null) {
    return
  } else if (isListType(type)) {
    const itemType = type.ofType as GraphQLInputType
    // A single value counts as a list of one.
    if (!Array.isArray(value)) checkValue(value, itemType, path, walk)
    else for (const [index, item] of value.entries()) checkValue(item, itemType, `${path}[${index}]`, walk)
  } else if (isInputObjectType(type)) {
    if (typeof value !== 'object' || Array.isArray(value)) wrong(expectationOf(type, walk.namesSchema))
    else checkObject(value as Record<string, unknown>, type, path, walk)
  } else {
    const cause = parseError(() => type.parseValue(value))
    if (cause !== undefined) wrong(expectationOf(type, walk.namesSchema, cause))
  }
}

function checkObject(value: Record<string, unknown>, type: GraphQLInputObjectType, path: string, walk: Walk): void {
  const wrong = (predicate: string) => walk.report(`${subject(path)} ${predicate}`)
  const fields = type.getFields()
  if (Object.keys(value).some((name) => !Object.hasOwn(fields, name))) {
    wrong(`has a field ${unknownField(type, walk.namesSchema)}`)
  }
  for (const name of missingFields(type, (field) => value[field] !== undefined)) {
    walk.report(`${subject(below(path, name))} is required: its type is \`${fields[name]?.type}\``)
  }
  for (const { name, type: fieldType } of Object.values(fields)) {
    if (value[name] !== undefined) checkValue(value[name], fieldType, below(path, name), walk)
  }
  const [first, ...others] = Object.keys(value)
  if (type.isOneOf && (others.length > 0 || first === undefined || value[first] === null)) {
    wrong('must have exactly one field, which must not be null')
  }
}

/** The error that the function throws; undefined if it succeeds. */
function parseError(parse: () => unknown): unknown {
  try {
    return parse() === undefined ? new Error('no value') : undefined
  } catch (error) {
    return error ?? new Error('thrown without an error')
  }
}

/** The path contains names of the schema and list indices, and nothing else of the value. */
function subject(path: string): string {
  if (path === '') return ''
  return `: ${/[^[\]\d]/.test(path) ? 'field' : 'item'} \`${path}\``
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function nameOf({ variable }: VariableDefinitionNode): string {
  const name = variable.name.value
  return name.length > longestName ? 'with a long name' : `\`$${name}\``
}
