/** The text of the schema that the server serves, without its resolvers: plain, and with a prefix in the names. */
import {
  buildASTSchema,
  type GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  parse,
  printSchema,
  type ValueNode,
  visit,
} from 'graphql'
import { buildSchema as buildServedSchema } from '../../../src/graph/schema.ts'
import { checkAddress, parseTime } from './text.ts'

const prefix = 'Essentials'
export const servedWithPrefix: GraphQLSchema = buildServedSchema({ withNode: true, prefix })
export const schema: GraphQLSchema = textOf(buildServedSchema())
export const schemaWithPrefix: GraphQLSchema = textOf(servedWithPrefix)

/** The name of a type in either schema. */
export const plainType = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name)
export const prefixedType = (name: string): string => (schemaWithPrefix.getType(name) ? name : `${prefix}${name}`)

/** The name of a field of Query in either schema. */
export function plainRoot(name: string): string {
  return name.startsWith('essentials') ? name.charAt(10).toLowerCase() + name.slice(11) : name
}

export const prefixedRoot = (name: string): string =>
  schemaWithPrefix.getQueryType()?.getFields()[name]
    ? name
    : `essentials${name.charAt(0).toUpperCase()}${name.slice(1)}`

function textOf(served: GraphQLSchema): GraphQLSchema {
  // Webhooks and the activity of SCIM are no part of the mirror: the tests of each ask for them.
  const document = visit(parse(printSchema(lexicographicSortSchema(served))), {
    FieldDefinition: ({ name }) => (['webhooks', 'scimActivity'].includes(plainRoot(name.value)) ? null : undefined),
  })
  const built = buildASTSchema(document)
  const parsers = { DateTime: parseTime, EmailAddress: (value: unknown) => checkAddress(value) }
  for (const [name, parseValue] of Object.entries(parsers)) {
    const parseLiteral = (node: ValueNode) => parseValue(node.kind === Kind.STRING ? node.value : undefined)
    Object.assign(built.getType(name) as GraphQLScalarType, { parseValue, parseLiteral })
  }
  return built
}
