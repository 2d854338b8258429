/** The same document for the schema whose names have a prefix. The answer has the same keys. */
import { type FieldNode, parse, print, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { prefixedRoot, prefixedType, schema } from '../executor/schema.ts'

export function withPrefix(document: string): string {
  const types = new TypeInfo(schema)
  const visitor = visitWithTypeInfo(types, {
    NamedType: (node) => ({ ...node, name: { ...node.name, value: prefixedType(node.name.value) } }),
    Field: {
      leave: (node) => {
        const isRoot = types.getParentType()?.name === 'Query' && node.name.value !== '__typename'
        return isRoot ? renamed(node) : node
      },
    },
  })
  return print(visit(parse(document), visitor))
}

function renamed(node: FieldNode): FieldNode {
  return { ...node, alias: node.alias ?? node.name, name: { ...node.name, value: prefixedRoot(node.name.value) } }
}
