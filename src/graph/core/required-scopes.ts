/**
 * The scopes that a root field requires. Fields and types declare them (field-policy.ts). They are read from the
 * document before anything is executed: from the field itself, and from the types that its selection reaches by any
 * path (a node by its ID, an entity, a connection, the subject of a change).
 *
 * - A query or a subscription requires the scope of the root field, and that of each type of the interface Node in
 *   its selection.
 * - A mutation requires its own scope. Of the nodes that it returns, it shows scalar fields; of users and groups,
 *   only their identifiers. A mutation that selects more, or selects objects below such a node, also requires the scope
 *   of that type, and is rejected before it is executed.
 */
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { Scope } from '../context.ts'
import { fieldsShownToWriters, scopeOf } from './field-policy.ts'

/** A WeakMap, because the nodes belong to graphql-js: the entries of a document end when Yoga drops it from its cache. */
const known = new WeakMap<FieldNode, ReadonlySet<Scope>>()

/** The part of a resolver's information about its field that rights depend on. */
type Selected = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'parentType' | 'returnType' | 'schema'>

export function requiredScopes(info: Selected): ReadonlySet<Scope> {
  const [first, ...others] = info.fieldNodes.map((node) => rightsOf(node, info))
  return others.length === 0 ? (first ?? new Set()) : new Set([...(first ?? []), ...others.flatMap((one) => [...one])])
}

/** Documents of frequent operations are cached, so their scopes are determined once. */
function rightsOf(node: FieldNode, info: Selected): ReadonlySet<Scope> {
  const found = known.get(node)
  if (found) return found
  const writes = info.parentType.name === 'Mutation'
  const field = info.parentType.getFields()[node.name.value]
  const rights = new Set<Scope>([(field && scopeOf(field)) ?? (writes ? 'write' : 'read')])
  const type = getNamedType(info.returnType)
  if (isCompositeType(type) && node.selectionSet) {
    walk(node.selectionSet, type, info, new Set(), (parent, name, showsPlainValue) => {
      const isShown = writes && showsPlainValue && (fieldsShownToWriters(parent)?.has(name) ?? true)
      if (isNode(parent, info.schema) && !isShown) rights.add(scopeOf(parent) ?? 'read')
    })
  }
  known.set(node, rights)
  return rights
}

/** Visits every field below, with its parent's type and whether it is a scalar. Each fragment is visited once. */
function walk(
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  info: Selected,
  seen: Set<string>,
  visit: (parent: GraphQLCompositeType, field: string, showsPlainValue: boolean) => void,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const field = 'getFields' in type ? type.getFields()[selection.name.value] : undefined
      const below = field && getNamedType(field.type)
      const isComposite = below !== undefined && isCompositeType(below)
      visit(type, selection.name.value, !isComposite)
      if (isComposite && selection.selectionSet) walk(selection.selectionSet, below, info, seen, visit)
      continue
    }
    const isSpread = selection.kind === Kind.FRAGMENT_SPREAD
    if (isSpread && seen.has(selection.name.value)) continue
    if (isSpread) seen.add(selection.name.value)
    const fragment = isSpread ? info.fragments[selection.name.value] : selection
    const condition = fragment?.typeCondition ? info.schema.getType(fragment.typeCondition.name.value) : type
    if (fragment && condition && isCompositeType(condition)) walk(fragment.selectionSet, condition, info, seen, visit)
  }
}

function isNode(type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  const node = schema.getType('Node')
  if (!isInterfaceType(node) || isAbstractType(type)) return false
  return isObjectType(type) && type.getInterfaces().includes(node)
}
