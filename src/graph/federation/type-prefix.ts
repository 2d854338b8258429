/**
 * The schema under names that no other subgraph has: `Group` becomes `EssentialsGroup`, `Query.users` becomes
 * `Query.essentialsUsers`. User, Identity, Node, PageInfo and the scalars keep their names because subgraphs share
 * them. This is a transform, so that there is only one schema.
 */
import { RenameRootFields, RenameTypes, wrapSchema } from '@graphql-tools/wrap'
import { type GraphQLSchema, isScalarType } from 'graphql'
import { keptNames, keptRootFields, type SubgraphOptions, subgraphText } from './subgraph.ts'

type Transform = NonNullable<Parameters<typeof wrapSchema>[0]['transforms']>[number]

export function prefixedSchema(schema: GraphQLSchema, options: SubgraphOptions & { prefix: string }): GraphQLSchema {
  const { prefix } = options
  const isKept = (name: string) => keptNames.has(name) || isScalarType(schema.getType(name))
  const renamed = wrapSchema({
    schema,
    transforms: [
      new RenameTypes((name) => (isKept(name) || name.startsWith('__') ? name : `${prefix}${name}`)),
      new RenameRootFields((_operation, name) => (keptRootFields.has(name) ? name : prefixedField(prefix, name))),
      referencesWithout(prefix),
    ],
  })
  const service = renamed.getQueryType()?.getFields()._service
  if (service) {
    const text = subgraphText(renamed, options)
    service.resolve = () => ({ sdl: text })
  }
  return renamed
}

function prefixedField(prefix: string, name: string): string {
  return `${prefix.charAt(0).toLowerCase()}${prefix.slice(1)}${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** A router sends the names of types as it knows them, with the prefix. */
function referencesWithout(prefix: string): Transform {
  return {
    transformRequest: (request) => ({
      ...request,
      variables: Object.fromEntries(
        Object.entries(request.variables ?? {}).map(([name, value]) => [name, withoutPrefix(value, prefix)]),
      ),
    }),
  }
}

function withoutPrefix(value: unknown, prefix: string): unknown {
  if (!Array.isArray(value)) return value
  return value.map((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('__typename' in one)) return one
    const { __typename: name } = one
    return typeof name === 'string' && name.startsWith(prefix) ? { ...one, __typename: name.slice(prefix.length) } : one
  })
}
