/**
 * The scopes that a root field requires. They are read from the document before anything is executed: from the field
 * itself, and from the types that its selection reaches by any path (a node by its ID, an entity, a connection, the
 * subject of a change).
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

/** Root fields that require another scope than `read`. Mutations that are not listed here require `write`. */
const rightOfField: Readonly<Record<string, Scope>> = {
  'Mutation.refreshUser': 'read',
  'Mutation.startPull': 'read',
  'Mutation.resolveQuarantine': 'admin',
  'Mutation.declareUserGone': 'admin',
  'Query.operation': 'write',
  'Query.operations': 'write',
  'Subscription.operation': 'write',
}

/** Types of the interface Node that require another scope than `read`. */
const rightOfType: Readonly<Record<string, Scope>> = { Operation: 'write' }

/**
 * The fields of a type that a mutation shows with its own scope. Other fields are data that a caller without the `read`
 * scope did not send.
 */
const namesOf: Readonly<Record<string, ReadonlySet<string>>> = {
  User: new Set(['__typename', 'id', 'primaryEmail']),
  Group: new Set(['__typename', 'id', 'groupId']),
}

const known = new WeakMap<FieldNode, ReadonlySet<Scope>>()

export function rightsNeeded(info: GraphQLResolveInfo): ReadonlySet<Scope> {
  const [first, ...others] = info.fieldNodes.map((node) => rightsOf(node, info))
  return others.length === 0 ? (first ?? new Set()) : new Set([...(first ?? []), ...others.flatMap((one) => [...one])])
}

/** Documents of frequent operations are cached, so their scopes are determined once. */
function rightsOf(node: FieldNode, info: GraphQLResolveInfo): ReadonlySet<Scope> {
  const found = known.get(node)
  if (found) return found
  const writes = info.parentType.name === 'Mutation'
  const coordinate = `${info.parentType.name}.${node.name.value}`
  const rights = new Set<Scope>([rightOfField[coordinate] ?? (writes ? 'write' : 'read')])
  const type = getNamedType(info.returnType)
  if (isCompositeType(type) && node.selectionSet) {
    walk(node.selectionSet, type, info, new Set(), (parent, field, showsPlainValue) => {
      const isShown = writes && showsPlainValue && (namesOf[parent.name]?.has(field) ?? true)
      if (isNode(parent, info.schema) && !isShown) rights.add(rightOfType[parent.name] ?? 'read')
    })
  }
  known.set(node, rights)
  return rights
}

/** Visits every field below, with its parent's type and whether it is a scalar. Each fragment is visited once. */
function walk(
  { selections }: SelectionSetNode,
  type: GraphQLCompositeType,
  info: GraphQLResolveInfo,
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
