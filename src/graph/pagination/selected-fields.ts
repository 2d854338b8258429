import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
} from 'graphql'

/** Returns the names of the fields selected directly below the current field, which must be of an object type. */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>()
  const seen = new Set<string>()
  const read = (selections: readonly SelectionNode[]) => {
    for (const selection of selections) {
      if (isSkipped(info, selection)) continue
      if (selection.kind === Kind.FIELD) {
        names.add(selection.name.value)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        read(selection.selectionSet.selections)
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value)
        read(info.fragments[selection.name.value]?.selectionSet.selections ?? [])
      }
    }
  }
  for (const node of info.fieldNodes as readonly FieldNode[]) read(node.selectionSet?.selections ?? [])
  return names
}

function isSkipped(info: GraphQLResolveInfo, selection: SelectionNode): boolean {
  if (!selection.directives?.length) return false
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues)
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues)
  return skip?.if === true || include?.if === false
}
