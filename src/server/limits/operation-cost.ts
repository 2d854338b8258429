/**
 * Computes the maximum cost of an operation before it runs, from the costs that the schema's fields and arguments
 * declare (graph/cost.ts). Each field of the document is visited once, even in a fragment that is spread several times.
 * Amounts that depend on the enclosing page remain factors until that page is known.
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
  type InlineFragmentNode,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import { type CostArguments, type FieldCost, type Price, sizeAsked } from '../../graph/core/cost.ts'
import { type InputPrices, inputPrices } from './input-cost.ts'
import { introspectionCosts } from './introspection-cost.ts'

type Variables = Readonly<Record<string, unknown>>
type Field = GraphQLField<unknown, unknown>

/** Returns the cost of an operation of a valid document. */
export type CostOf = (document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) => number

/** The cost of a selection, as far as it is known without its page. */
interface Cost {
  /** Per occurrence in the document, regardless of the lists around it. */
  readonly once: number
  /** Per object that it is selected on. */
  readonly each: number
  /** Per item of the enclosing page. */
  readonly items: number
  /** Whether the rows of the enclosing page are read, and how often all of its rows are counted. */
  readonly rows: boolean
  readonly counts: number
}

const nothing: Cost = { once: 0, each: 0, items: 0, rows: false, counts: 0 }
/** The assumed size of a list that declares none. */
const sizeUndeclared = 500

export function createCostOf(schema: GraphQLSchema): CostOf {
  const introspection = introspectionCosts(schema)
  const costOfField = (field: Field): FieldCost => introspection.get(field) ?? declaredCost(field)
  /** The costs of operations that do not depend on their variables. */
  const constants = new WeakMap<OperationDefinitionNode, number>()
  return (document, operation, variables) => {
    const root = schema.getRootType(operation.operation)
    if (!root) return 0
    const constant = constants.get(operation)
    if (constant !== undefined) return constant
    const values = { ...defaultsOf(operation), ...variables }
    const calculation: Calculation = {
      schema,
      costOfField,
      variables: values,
      inputs: inputPrices(values),
      fragments: new Map(
        document.definitions.flatMap((one) =>
          one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
        ),
      ),
      known: new Map(),
      readsVariables: false,
    }
    const { once, each, items } = costOfSelection(operation.selectionSet, root, calculation)
    const cost = Math.ceil(once + each + sizeUndeclared * items)
    if (!calculation.readsVariables) constants.set(operation, cost)
    return cost
  }
}

function declaredCost({ extensions }: Field): FieldCost {
  return (extensions as { cost?: FieldCost }).cost ?? {}
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )
}

interface Calculation {
  readonly schema: GraphQLSchema
  readonly costOfField: (field: Field) => FieldCost
  readonly variables: Variables
  readonly inputs: InputPrices
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Costs of fragments by name. */
  readonly known: Map<string, Cost>
  /** Whether the cost may depend on a variable. */
  readsVariables: boolean
}

function costOfSelection({ selections }: SelectionSetNode, type: GraphQLCompositeType, calculation: Calculation): Cost {
  let sum = nothing
  for (const selection of selections) {
    if (!isLeftOut(selection, calculation)) sum = plus(sum, costOf(selection, type, calculation))
  }
  return sum
}

function costOf(selection: SelectionNode, type: GraphQLCompositeType, calculation: Calculation): Cost {
  if (selection.kind === Kind.FIELD) {
    const field = fieldOf(type, selection.name.value, calculation.schema)
    return field ? costOfField(selection, field, calculation) : nothing
  }
  if (selection.kind === Kind.INLINE_FRAGMENT) return costOfFragment(selection, type, calculation)
  const { name } = selection
  const known = calculation.known.get(name.value)
  if (known) return known
  const fragment = calculation.fragments.get(name.value)
  const cost = fragment ? costOfFragment(fragment, type, calculation) : nothing
  calculation.known.set(name.value, cost)
  return cost
}

function costOfFragment(
  { typeCondition, selectionSet }: InlineFragmentNode | FragmentDefinitionNode,
  type: GraphQLCompositeType,
  calculation: Calculation,
): Cost {
  const condition = typeCondition && calculation.schema.getType(typeCondition.name.value)
  return costOfSelection(selectionSet, isCompositeType(condition) ? condition : type, calculation)
}

function costOfField(node: FieldNode, field: Field, calculation: Calculation): Cost {
  const declared = calculation.costOfField(field)
  const args = dependsOnArguments(declared) ? argumentsOf(node, field, calculation) : {}
  const type = getNamedType(field.type)
  const isObject = isCompositeType(type) && node.selectionSet !== undefined
  const below = isObject ? costOfSelection(node.selectionSet, type, calculation) : nothing
  const own: Cost = {
    once: below.once + priceOf(declared.base, args),
    each: declared.perNode ?? 0,
    items: 0,
    rows: declared.reads === 'rows',
    counts: declared.reads === 'count' ? 1 : 0,
  }
  if (isListType(getNullableType(field.type))) {
    const item = isObject ? 1 + below.each : 0
    if (declared.size === 'page') return { ...own, items: (declared.times ?? 1) * item }
    const size = sizeOf(declared, args) ?? sizeUndeclared
    return { ...own, each: own.each + size * item }
  }
  const each = own.each + (declared.times ?? 1) * (isObject ? 1 + below.each : 0)
  const size = sizeOf(declared, args)
  // An object that belongs to another object's page, such as its facets.
  if (size === undefined) {
    const { items, rows, counts } = below
    return { once: own.once, each, items, rows: own.rows || rows, counts: own.counts + counts }
  }
  const given = calculation.inputs.of(field.args, args)
  const rows = below.rows ? (declared.page?.rows ?? 0) + given.rows : 0
  const counts = below.counts * ((declared.page?.count ?? 0) + given.count)
  return { ...own, each: each + size * below.items + rows + counts }
}

function plus(one: Cost, other: Cost): Cost {
  return {
    once: one.once + other.once,
    each: one.each + other.each,
    items: one.items + other.items,
    rows: one.rows || other.rows,
    counts: one.counts + other.counts,
  }
}

function priceOf(price: Price | undefined, args: CostArguments): number {
  return typeof price === 'function' ? price(args) : (price ?? 0)
}

function sizeOf({ size }: FieldCost, args: CostArguments): number | undefined {
  if (size === undefined || size === 'page') return undefined
  if (typeof size === 'number') return size
  if ('arguments' in size) return sizeAsked(size, args)
  const values = args[size.lengthOf]
  if (values == null) return 0
  // A single value counts as a list of one.
  return Array.isArray(values) ? Math.min(values.length, size.most) : 1
}

/** The cost of a page depends on its filter and its order. */
function dependsOnArguments({ base, size }: FieldCost): boolean {
  return typeof base === 'function' || (size !== undefined && size !== 'page')
}

/** An omitted argument, or one with an unset variable, has its default. */
function argumentsOf(node: FieldNode, field: Field, calculation: Calculation): CostArguments {
  if (field.args.length === 0) return {}
  const { variables } = calculation
  calculation.readsVariables ||= node.arguments?.some(({ value }) => mentionsVariable(value)) ?? false
  const given = new Map(node.arguments?.map((argument) => [argument.name.value, argument.value]))
  return Object.fromEntries(
    field.args.map(({ name, defaultValue }) => {
      const value = given.get(name)
      return [
        name,
        (value && valueFromASTUntyped(value, variables)) ?? (isNull(value, variables) ? null : defaultValue),
      ]
    }),
  )
}

function mentionsVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(mentionsVariable)
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => mentionsVariable(field.value))
  return value.kind === Kind.VARIABLE
}

function isNull(value: ValueNode | undefined, variables: Variables): boolean {
  return value?.kind === Kind.NULL || (value?.kind === Kind.VARIABLE && variables[value.name.value] === null)
}

/** Whether @skip or @include certainly excludes it. */
function isLeftOut({ directives }: SelectionNode, calculation: Calculation): boolean {
  return (directives ?? []).some(({ name, arguments: args }) => {
    const value = args?.find((argument) => argument.name.value === 'if')?.value
    calculation.readsVariables ||= value !== undefined && mentionsVariable(value)
    const condition = value && valueFromASTUntyped(value, calculation.variables)
    return (name.value === 'skip' && condition === true) || (name.value === 'include' && condition === false)
  })
}

function fieldOf(type: GraphQLCompositeType, name: string, schema: GraphQLSchema): Field | undefined {
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return 'getFields' in type ? type.getFields()[name] : undefined
}
