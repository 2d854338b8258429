/**
 * What an operation may cost at most, reckoned before it is run: one for each object that it can come to read. A page counts as many as
 * were asked for, a list of ids as many as it holds, and a list without a size ten.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'

const usualPage = 50
const unsizedList = 10
const sizes = ['first', 'last', 'limit'] as const
const lists = ['ids', 'representations', 'of'] as const

type Variables = Readonly<Record<string, unknown>>

/** The document must be valid. */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  )
  const root = schema.getRootType(operation.operation)
  const values = { ...defaultsOf(operation), ...variables }
  return root
    ? costBelow(operation.selectionSet, root, undefined, { schema, fragments, variables: values, known: new Map() })
    : 0
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )
}

interface Reckoning {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Variables
  /** What a fragment costs in pages of a size: fragments within fragments are reckoned once. */
  readonly known: Map<string, number>
}

/** `page`: how many rows the connection holds that these fields are of. */
function costBelow(
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  page: number | undefined,
  reckoning: Reckoning,
): number {
  let cost = 0
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const field = 'getFields' in type ? type.getFields()[selection.name.value] : undefined
      if (field) cost += costOfField(selection, field, page, reckoning)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      cost += costBelow(
        selection.selectionSet,
        conditioned(selection.typeCondition?.name.value, type, reckoning),
        page,
        reckoning,
      )
    } else {
      cost += costOfFragment(selection.name.value, type, page, reckoning)
    }
  }
  return cost
}

function costOfFragment(
  name: string,
  type: GraphQLCompositeType,
  page: number | undefined,
  reckoning: Reckoning,
): number {
  const fragment = reckoning.fragments.get(name)
  if (!fragment) return 0
  const key = `${name} ${page}`
  const known = reckoning.known.get(key)
  if (known !== undefined) return known
  const cost = costBelow(
    fragment.selectionSet,
    conditioned(fragment.typeCondition.name.value, type, reckoning),
    page,
    reckoning,
  )
  reckoning.known.set(key, cost)
  return cost
}

function costOfField(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  page: number | undefined,
  reckoning: Reckoning,
): number {
  const type = getNamedType(field.type)
  if (!node.selectionSet || !isCompositeType(type)) return 0
  const size = sizeOf(node, field, reckoning.variables)
  if (isListType(getNullableType(field.type))) {
    return (size ?? page ?? unsizedList) * (1 + costBelow(node.selectionSet, type, undefined, reckoning))
  }
  // What is no list, and has a size all the same, holds lists of that size.
  const held = type.name.endsWith('Connection') ? (size ?? usualPage) : size
  return 1 + costBelow(node.selectionSet, type, held, reckoning)
}

/** What the field's arguments say; undefined where they say nothing. */
function sizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>, variables: Variables): number | undefined {
  const argumentOf = (name: string): unknown => {
    const given = node.arguments?.find((argument) => argument.name.value === name)
    if (given) return valueFromASTUntyped(given.value, variables)
    return field.args.find((argument) => argument.name === name)?.defaultValue
  }
  for (const name of sizes) {
    const value = argumentOf(name)
    if (typeof value === 'number') return Math.max(0, value)
  }
  for (const name of lists) {
    const value = argumentOf(name)
    if (Array.isArray(value)) return value.length
  }
  return undefined
}

function conditioned(
  name: string | undefined,
  type: GraphQLCompositeType,
  { schema }: Reckoning,
): GraphQLCompositeType {
  const condition = name === undefined ? type : schema.getType(name)
  return isCompositeType(condition) ? condition : type
}
