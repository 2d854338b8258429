/**
 * Costs of introspection. Its types belong to graphql-js and are the same for all schemas, so their fields cannot
 * declare a cost. The sizes of their lists are derived from the schema: the mean over all of its types, or over all
 * references to types, whichever is greater. An item takes no time in Postgres, but introspection runs without
 * interruption and blocks this process, for about 1 µs per unit.
 */
import {
  __Directive,
  __Field,
  __Schema,
  __Type,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql'
import type { FieldCost } from '../../graph/core/cost.ts'

const unitsPerItem = 12

export function introspectionCosts(schema: GraphQLSchema): ReadonlyMap<GraphQLField<unknown, unknown>, FieldCost> {
  const types = Object.values(schema.getTypeMap())
  const fields = types.flatMap(fieldsOf)
  const references = fields.map(({ type }) => getNamedType(type))
  const mean = (count: (type: GraphQLNamedType) => number) => Math.max(meanOf(types, count), meanOf(references, count))
  const args = meanOf(fields, (field) => field.args.length)
  const directives = schema.getDirectives()
  const list = (size: number): FieldCost => ({ size })
  const wrappers = fields.reduce((sum, { type }) => sum + wrappersOf(type), 0)
  return new Map([
    [SchemaMetaFieldDef, { times: unitsPerItem }],
    [TypeMetaFieldDef, { times: unitsPerItem }],
    ...costsOf(__Schema, {
      types: list(types.length),
      directives: list(directives.length),
    }),
    ...costsOf(__Directive, { args: list(meanOf(directives, (directive) => directive.args.length)) }),
    ...costsOf(__Type, {
      fields: list(mean((type) => fieldsOf(type).length)),
      interfaces: list(mean((type) => ('getInterfaces' in type ? type.getInterfaces().length : 0))),
      possibleTypes: list(mean((type) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0))),
      enumValues: list(mean((type) => (isEnumType(type) ? type.getValues().length : 0))),
      inputFields: list(mean((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0))),
      ofType: { times: wrappers / (wrappers + references.length) },
    }),
    ...costsOf(__Field, { args: list(args) }),
  ])
}

function costsOf(
  type: typeof __Type,
  costs: Readonly<Record<string, FieldCost>>,
): [GraphQLField<unknown, unknown>, FieldCost][] {
  return Object.entries(type.getFields()).flatMap(([name, field]) => {
    const cost = costs[name]
    return cost ? [[field, cost] as const] : []
  }) as [GraphQLField<unknown, unknown>, FieldCost][]
}

function fieldsOf(type: GraphQLNamedType): GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
}

/** The number of types that `ofType` leads to. */
function wrappersOf(type: GraphQLType): number {
  return 'ofType' in type ? 1 + wrappersOf(type.ofType) : 0
}

function meanOf<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0) / Math.max(1, items.length)
}
