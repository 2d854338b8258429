/**
 * The rights that an operation's root field needs, read from the document before anything is done: by the field itself, and by the types
 * that its selection enters, whatever the way: a node by its id, an entity, a connection, a change's subject.
 *
 * - A query or a subscription needs the right of the root field, and that of each type of the interface Node in its selection.
 * - A mutation needs its own right. Of the nodes that it gives back it shows the plain values, of users and groups only what names them;
 *   whoever asks it for more, or for what hangs on them, needs the right of that type too, and is refused before the mutation is done.
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
import type { Scope } from './context.ts'

/** Root fields that need something else than the right to read. A mutation that is not named here needs the right to write. */
const rightOfField: Readonly<Record<string, Scope>> = {
  'Mutation.refreshUser': 'read',
  'Mutation.startPull': 'read',
  'Mutation.resolveQuarantine': 'admin',
  'Mutation.declareUserGone': 'admin',
  'Query.operation': 'write',
  'Query.operations': 'write',
  'Subscription.operation': 'write',
}

/** Types of the interface Node that are read with something else than the right to read. */
const rightOfType: Readonly<Record<string, Scope>> = { Operation: 'write' }

/** Types of which a mutation shows no more than these by its own right: the rest is what a caller without the right to read did not send. */
const namesOf: Readonly<Record<string, ReadonlySet<string>>> = {
  User: new Set(['__typename', 'id', 'primaryEmail']),
  Group: new Set(['__typename', 'id', 'groupId']),
}

const known = new WeakMap<FieldNode, ReadonlySet<Scope>>()

export function rightsNeeded(info: GraphQLResolveInfo): ReadonlySet<Scope> {
  const [first, ...others] = info.fieldNodes.map((node) => rightsOf(node, info))
  return others.length === 0 ? (first ?? new Set()) : new Set([...(first ?? []), ...others.flatMap((one) => [...one])])
}

/** The documents of frequent operations are kept parsed, so that their rights are found once. */
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

/** Visits every field below, with its parent's type and whether it is a plain value. A fragment is gone through once. */
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
