/**
 * The schema under names that no other subgraph has: `Group` becomes `EssentialsGroup`, `Query.users` becomes
 * `Query.essentialsUsers`. User, Identity, Node, PageInfo and the scalars keep their names because subgraphs share
 * them.
 */
import { GraphQLSchema, isAbstractType, isScalarType } from 'graphql'
import { keptNames, keptRootFields } from './subgraph.ts'

/** Renames the types and the root fields of the schema, which must not be in use yet. */
export function withPrefix(schema: GraphQLSchema, prefix: string): GraphQLSchema {
  const renamed = (name: string) => (keptNames.has(name) ? name : `${prefix}${name}`)
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    const fields = root?.getFields() ?? {}
    for (const [name, field] of Object.entries(fields)) {
      if (keptRootFields.has(name)) continue
      delete fields[name]
      field.name = prefixedField(prefix, name)
      field.extensions = { ...field.extensions, nameWithoutPrefix: name }
      fields[field.name] = field
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) {
      const { resolveType } = type
      type.resolveType = async (...args) => renamed(String(await resolveType?.(...args)))
    }
    if (type.name === '_Any' && isScalarType(type)) {
      const { parseValue, parseLiteral } = type
      type.parseValue = (value) => withoutPrefix(parseValue(value), prefix)
      type.parseLiteral = (...args) => withoutPrefix(parseLiteral(...args), prefix)
    }
    if (!isScalarType(type) && !type.name.startsWith('__')) type.name = renamed(type.name)
  }
  return new GraphQLSchema(schema.toConfig())
}

function prefixedField(prefix: string, name: string): string {
  return `${prefix.charAt(0).toLowerCase()}${prefix.slice(1)}${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** A router sends the names of types as it knows them, with the prefix. */
function withoutPrefix(reference: unknown, prefix: string): unknown {
  if (typeof reference !== 'object' || reference === null || !('__typename' in reference)) return reference
  const { __typename: name } = reference
  return typeof name === 'string' && name.startsWith(prefix)
    ? { ...reference, __typename: name.slice(prefix.length) }
    : reference
}
