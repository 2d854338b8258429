/** Every field of the schema, with a query that reaches it. Derived from the schema, so that no field is missing. */
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'

/** The arguments of fields, as written between the parentheses. `target` is the type that the query must reach. */
export type Arguments = Readonly<Record<string, string | ((target: string) => string)>>

export interface Coordinate {
  /** `Type.field` */
  readonly name: string
  readonly parent: string
  readonly field: string
  readonly operation: 'query' | 'mutation' | 'subscription'
  /** The root field of the query, such as `Query.users`. */
  readonly root: string
  /** The types on the path, without the root type. */
  readonly through: readonly string[]
  readonly question: string
}

interface Step {
  readonly name: string
  readonly args: string
  /** The concrete type, if the type of the field is abstract. */
  readonly on: string | undefined
}

interface AccessPath {
  readonly type: GraphQLObjectType
  readonly steps: readonly Step[]
  readonly through: readonly string[]
}

/** Walks from the root types along the shortest path to each type. Throws if a required argument has no value. */
export function coordinatesOf(schema: GraphQLSchema, values: Arguments): Coordinate[] {
  const roots = [
    { type: schema.getQueryType(), operation: 'query' },
    { type: schema.getMutationType(), operation: 'mutation' },
    { type: schema.getSubscriptionType(), operation: 'subscription' },
  ] as const
  const reached = new Set<string>()
  return roots.flatMap(({ type: root, operation }) => {
    const ways: AccessPath[] = root ? [{ type: root, steps: [], through: [] }] : []
    const found: Coordinate[] = []
    for (const way of ways) {
      for (const field of Object.values(way.type.getFields())) {
        const leaf = stepOf(way.type, field, way.type.name, undefined, values)
        const steps = [...way.steps, leaf]
        const question = `${operation} ${written(steps, isObjectType(getNamedType(field.type)) || isAbstractType(getNamedType(field.type)))}`
        found.push({
          name: `${way.type.name}.${field.name}`,
          parent: way.type.name,
          field: field.name,
          operation,
          root: `${root?.name}.${steps[0]?.name}`,
          through: way.through,
          question,
        })
        for (const { type, on } of typesBehind(schema, getNamedType(field.type))) {
          if (reached.has(type.name)) continue
          reached.add(type.name)
          const step = stepOf(way.type, field, type.name, on, values)
          ways.push({ type, steps: [...way.steps, step], through: [...way.through, type.name] })
        }
      }
    }
    return found
  })
}

function typesBehind(schema: GraphQLSchema, type: GraphQLNamedType): { type: GraphQLObjectType; on?: string }[] {
  if (isObjectType(type)) return [{ type }]
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => ({ type: one, on: one.name })) : []
}

function stepOf(
  parent: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  target: string,
  on: string | undefined,
  values: Arguments,
): Step {
  const value = values[`${parent.name}.${field.name}`]
  if (value === undefined && field.args.some(isRequiredArgument)) {
    throw new Error(`${parent.name}.${field.name} needs arguments: give the test some`)
  }
  const args = typeof value === 'function' ? value(target) : value
  return { name: field.name, args: args ? `(${args})` : '', on }
}

function written([step, ...rest]: readonly Step[], endsOpen: boolean): string {
  if (!step) return endsOpen ? '{ __typename }' : ''
  const below = written(rest, endsOpen)
  return `{ ${step.name}${step.args} ${step.on && rest.length > 0 ? `{ ... on ${step.on} ${below} }` : below} }`
}
