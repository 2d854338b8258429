/** The same document for the schema whose names have a prefix. The answer has the same keys. */
import {
  type FieldNode,
  type InlineFragmentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { prefixedRoot, prefixedType, schema } from '../executor/schema.ts'

export function withPrefix(document: string): string {
  const types = new TypeInfo(schema)
  const visitor = visitWithTypeInfo(types, {
    NamedType: (node) => ({ ...node, name: { ...node.name, value: prefixedType(node.name.value) } }),
    SelectionSet: {
      leave: ({ selections, ...set }) => ({
        ...set,
        // The server with a prefix fails if everything below a field is skipped.
        selections: selections.every(canBeSkipped) ? [...selections, typeName] : selections,
      }),
    },
    Field: {
      leave: (node) => {
        const isRoot = types.getParentType()?.name === 'Query' && node.name.value !== '__typename'
        return guarded(isRoot ? renamed(node) : node)
      },
    },
  })
  return print(visit(parse(document), visitor))
}

const typeName: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

function canBeSkipped({ directives = [] }: SelectionNode): boolean {
  return directives.length > 0
}

function renamed(node: FieldNode): FieldNode {
  return { ...node, alias: node.alias ?? node.name, name: { ...node.name, value: prefixedRoot(node.name.value) } }
}

/**
 * Moves the directives of a field to a fragment around it: the server with a prefix drops a field without directives
 * after the same field with `@skip(if: true)`.
 */
function guarded(node: FieldNode): FieldNode | InlineFragmentNode {
  const { directives = [], ...field } = node
  if (directives.length === 0) return node
  return {
    kind: Kind.INLINE_FRAGMENT,
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  }
}
