/** The parts of a document as a plan sees them: the fields of a selection, and the values of arguments. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type SelectionNode,
  valueFromAST,
} from 'graphql'
import { type Compiling, Given, type Run } from './given.ts'

export interface Operation {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/** The nodes of each field, by the key in the answer. */
export type Fields = Map<string, FieldNode[]>

type Variables = Readonly<Record<string, unknown>>

/** Collects the fields that are selected on an object of the type, in the order of the answer. */
export function fieldsOf(
  type: GraphQLObjectType,
  selections: readonly SelectionNode[],
  of: Operation,
  variables: Variables,
  into: Fields = new Map(),
): Fields {
  for (const selection of selections) {
    if (!isIncluded(selection, variables)) continue
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value
      const nodes = into.get(key)
      if (nodes) nodes.push(selection)
      else into.set(key, [selection])
      continue
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? of.fragments.get(selection.name.value) : selection
    if (!fragment) continue
    const on = fragment.typeCondition ? of.schema.getType(fragment.typeCondition.name.value) : type
    const applies = on === type || (isAbstractType(on) && of.schema.isSubType(on, type))
    if (applies) fieldsOf(type, fragment.selectionSet.selections, of, variables, into)
  }
  return into
}

export function below(nodes: readonly FieldNode[]): SelectionNode[] {
  return nodes.flatMap((node) => node.selectionSet?.selections ?? [])
}

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  return (node.directives ?? []).every(({ name, arguments: [argument] = [] }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true
    const value = argument?.value
    const condition =
      value?.kind === Kind.VARIABLE ? variables[value.name.value] : value?.kind === Kind.BOOLEAN && value.value
    return name.value === 'skip' ? condition !== true : condition === true
  })
}

/** Returns the arguments of a field: their structure, with values that are given later. Throws like graphql-js. */
export function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  compiling: Compiling,
): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  const { run } = compiling
  if (!run) throw new Error('The arguments of a plan are read while it is compiled')
  for (const { name, type, defaultValue } of field.args) {
    const ast = node.arguments?.find((one) => one.name.value === name)?.value
    const isAbsent = ast === undefined || (ast.kind === Kind.VARIABLE && run.variables[ast.name.value] === undefined)
    const at = isAbsent
      ? () => defaultValue
      : ast.kind === Kind.VARIABLE
        ? ({ variables }: Run) => variables[ast.name.value]
        : ({ variables }: Run) => valueFromAST(ast, type, variables)
    const value = at(run)
    if (value == null && isNonNullType(type)) throw new GraphQLError(`\`${name}\` is required`)
    if (value === undefined) continue
    args[name] = shaped(type, value, new Given(at, compiling))
  }
  return args
}

/** Replaces texts, numbers and lists of them by values that are given later. */
function shaped(type: GraphQLInputType, value: unknown, later: Given<unknown>): unknown {
  if (value == null || isEnumType(type) || typeof value === 'boolean') return value
  if (isNonNullType(type)) return shaped(type.ofType, value, later)
  const within = (key: string | number) => later.map((whole) => Reflect.get(whole as object, key))
  if (isListType(type)) {
    const item = getNullableType(type.ofType)
    if (isInputObjectType(item)) return (value as unknown[]).map((one, i) => shaped(item, one, within(i)))
    return isEnumType(item) ? value : later
  }
  if (!isInputObjectType(type)) return later
  const fields = type.getFields()
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [
      name,
      shaped((fields[name] as GraphQLInputField).type, own, within(name)),
    ]),
  )
}

/** Returns the part of a plan's key that stands for the value of a variable. */
export function shapeOf(type: GraphQLInputType, value: unknown): string {
  if (value === undefined) return '_'
  if (value === null) return '0'
  if (isNonNullType(type)) return shapeOf(type.ofType, value)
  if (isListType(type)) {
    const item = getNullableType(type.ofType)
    const isShaped = isInputObjectType(item) || isEnumType(item) || isListType(item)
    return isShaped ? `[${(value as unknown[]).map((one) => shapeOf(item, one)).join()}]` : '1'
  }
  if (isInputObjectType(type)) {
    const fields = Object.entries(type.getFields())
    return `{${fields.map(([name, field]) => shapeOf(field.type, Reflect.get(value, name))).join()}}`
  }
  return isEnumType(type) || typeof value === 'boolean' ? String(value) : '1'
}
