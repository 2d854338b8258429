/**
 * Fields whose results come from an algorithm or from the change feed: search, related users, paths, neighborhoods and
 * changes. The reference asks the server a plain question for their scalars and the ids of their nodes, and resolves
 * everything selected below the nodes itself.
 */

import { column, columns, type Fields, type Reading, type Resolver, rowOf } from './reading.ts'
import { schema } from './schema.ts'
import { globalId, numberIn, readGlobalId } from './text.ts'

const node = '{ __typename ... on Node { id } }'
const change = `__typename id kind field before after notBefore notAfter origin actor baseline subject ${node} object ${node}`
const changes = `{ pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ${change} } } }`
const edges = 'edges { kind source target policyState }'

const questions: Readonly<Record<string, string>> = {
  'Query.search': `{ score node ${node} }`,
  'Query.paths': `{ length truncated paths { length nodes ${node} ${edges} } }`,
  'Query.neighborhood': `{ truncated nodes ${node} ${edges} }`,
  'Query.changes': changes,
  'User.changes': changes,
  'User.related': `{ score sharedAddresses user ${node} sharedGroups ${node} sharedRoles ${node} }`,
}

function asked(type: string, name: string): Resolver {
  const parent = schema.getType(type)
  const field = parent && 'getFields' in parent ? parent.getFields()[name] : undefined
  if (!field || !('args' in field)) throw new Error(`The schema has no field ${type}.${name}`)
  return async (source: { id: number } | undefined, args: Record<string, unknown>, reading) => {
    const given = field.args.filter((arg) => arg.name in args)
    const declared = given.map((arg) => `$${arg.name}: ${arg.type}`)
    const passed = given.map((arg) => `${arg.name}: $${arg.name}`)
    const call = `found: ${name}${passed.length > 0 ? `(${passed.join(', ')})` : ''} ${questions[`${type}.${name}`]}`
    if (type === 'Query') {
      const { found } = await reading.ask(
        `query ${declared.length > 0 ? `(${declared.join(', ')})` : ''} { ${call} }`,
        args,
      )
      return withRows(found, reading)
    }
    const question = `query (${['$of: ID!', ...declared].join(', ')}) { node(id: $of) { ... on ${type} { ${call} } } }`
    const answer = await reading.ask(question, { ...args, of: globalId(type, source?.id ?? 0) })
    return withRows((answer.node as { found: unknown }).found, reading)
  }
}

/** Replaces each node in an answer by its row. */
function withRows(found: unknown, reading: Reading): unknown {
  if (Array.isArray(found)) return found.map((one) => withRows(one, reading))
  if (typeof found !== 'object' || found === null) return found
  const { __typename: type, id, ...others } = found as Record<string, unknown>
  if (typeof type === 'string' && typeof id === 'string' && Object.keys(others).length === 0) {
    return rowOf(reading, type, numberIn(readGlobalId(id, [type])))
  }
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, withRows(value, reading)]))
}

export async function changeNode(id: string, reading: Reading): Promise<unknown> {
  const answer = await reading.ask(`query ($id: ID!) { node(id: $id) { ... on Change { ${change} } } }`, { id })
  return withRows(answer.node, reading)
}

export const analysisRoots: Fields = Object.fromEntries(
  ['search', 'paths', 'neighborhood', 'changes'].map((name) => [name, asked('Query', name)]),
)

export const analysesOfUser: Fields = { changes: asked('User', 'changes'), related: asked('User', 'related') }

export const analysisTypes: Readonly<Record<string, Fields>> = {
  SearchHit: columns('score', 'node'),
  RelatedUser: columns('score', 'sharedAddresses', 'user', 'sharedGroups', 'sharedRoles'),
  PathSet: columns('length', 'truncated', 'paths'),
  Path: columns('length', 'nodes', 'edges'),
  Neighborhood: columns('truncated', 'nodes', 'edges'),
  GraphEdge: columns('kind', 'source', 'target', 'policyState'),
  ChangeConnection: {
    ...columns('edges', 'pageInfo'),
    nodes: (page: { edges: { node: object }[] }) => page.edges.map((edge) => edge.node),
  },
  ChangeEdge: { cursor: column('cursor'), node: column('node') },
  Change: columns(
    ...[
      'id',
      'kind',
      'field',
      'before',
      'after',
      'notBefore',
      'notAfter',
      'origin',
      'actor',
      'baseline',
      'subject',
      'object',
    ],
  ),
}
