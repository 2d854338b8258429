/** What the generator of documents knows about the schema beyond its text. */
import { type GraphQLArgument, type GraphQLCompositeType, isAbstractType } from 'graphql'
import { resolvers } from '../executor/resolvers.ts'
import { schema } from '../executor/schema.ts'

/** Fields of the mirror itself, which has no past. */
export const withoutPast = new Set([
  'Organization.mirror',
  'Organization.budget',
  'Organization.licenses',
  'Query.findings',
  'Query.operation',
  'Query.operations',
])
/** The reference asks the server for each of these, so few are asked for at once. */
export const expensive = new Set(['User.related', 'User.changes', 'Group.overlaps'])
/** The list of each connection in its cursors, unless its order has a name of its own. */
export const lists: Readonly<Record<string, string>> = {
  UserGroupConnection: 'groups of a user',
  GroupMemberConnection: 'members of a group',
  RoleUserConnection: 'holders',
  PullConnection: 'pulls',
  OperationConnection: 'operations',
  OperationItemConnection: 'items',
  FindingConnection: 'findings by SEVERITY DESC',
  ChangeConnection: 'changes',
}
export const orders: Readonly<Record<string, 'users' | 'groups' | 'aliases'>> = {
  UserConnection: 'users',
  GroupConnection: 'groups',
  AliasConnection: 'aliases',
}
/** The assumed size of a list without arguments. */
export const fewItems = 4
export const oddNames = ['constructor', 'toString', 'data', '__proto__', 'length', 'id']

export function slugOf(given: ReadonlyMap<GraphQLArgument, unknown>): unknown {
  return [...given].find(([{ name }]) => name === 'organization')?.[1]
}

/** The types of the fragments that can apply to a type. */
export function typesWithin(type: GraphQLCompositeType): GraphQLCompositeType[] {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  const covered = possible.filter((one) => resolvers[one.name] !== undefined)
  const interfaces = covered.flatMap((one) => ('getInterfaces' in one ? one.getInterfaces() : []))
  return [type, ...covered, ...covered, ...new Set(interfaces)]
}
