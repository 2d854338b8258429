/** The scopes that a root field requires. */
import { GraphQLError, type GraphQLResolveInfo, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { plainType, schema } from './schema.ts'

/**
 * A root field requires `read`, or `write` if it reads operations. A selection of fields of an operation, reached by any
 * path, requires `write` too, and that of fields of any other node `read`.
 */
export function checkScopes(root: string, info: GraphQLResolveInfo, scopes: readonly string[]): void {
  const required = new Set([root.startsWith('operation') ? 'write' : 'read'])
  const types = new TypeInfo(info.schema, info.parentType)
  const visitor = visitWithTypeInfo(types, {
    Field: () => {
      const type = plainType(types.getParentType()?.name ?? '')
      if (nodes.has(type)) required.add(type === 'Operation' ? 'write' : 'read')
    },
    FragmentSpread: ({ name }) => {
      const fragment = info.fragments[name.value]
      if (fragment) visit(fragment, visitor)
    },
  })
  for (const node of info.fieldNodes) visit(node, visitor)
  const missing = [...required].find((scope) => !scopes.includes(scope))
  if (missing === undefined) return
  throw new GraphQLError(`This operation requires a token with the scope "${missing}"`, {
    extensions: { code: 'FORBIDDEN' },
  })
}

const nodes = new Set(
  Object.values(schema.getTypeMap()).flatMap((type) =>
    'getInterfaces' in type && type.getInterfaces().some(({ name }) => name === 'Node') ? [type.name] : [],
  ),
)
