/** What a picture of the graph is made of: edges, and nodes by their ids. */
import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import { type Edge, type NodeType, targetTypes } from '../analysis/edges.ts'
import type { Node } from '../analysis/nodes.ts'
import { TooMuchWork } from '../analysis/too-much-work.ts'
import { batchedNodes } from './batch.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { EdgeKind } from './edge-kind.ts'
import { encodeGlobalId, numericKey, parseGlobalId } from './global-id.ts'

export const GraphEdge = builder.objectRef<Edge>('GraphEdge').implement({
  description: 'A relationship between two nodes.',
  fields: (t) => ({
    kind: t.field({ type: EdgeKind, description: 'Of what kind it is.', resolve: ({ kind }) => kind }),
    source: t.id({
      description: 'The id of the user; of a SAME_PERSON, of the user that the mirror met first.',
      resolve: ({ source }) => encodeGlobalId('User', source),
    }),
    target: t.id({
      description: 'The id of the group, role, alias or other user.',
      resolve: ({ kind, target }) => encodeGlobalId(targetTypes[kind], target),
    }),
  }),
})

const nodeTypes: readonly NodeType[] = ['User', 'Group', 'Role', 'Alias']

/** The node that a global id names. Throws bad input for one that has no relationships, or names nothing. */
export function nodeOf(id: string): Node {
  const parsed = parseGlobalId(id, nodeTypes)
  return { id: numericKey(parsed), type: parsed.typeName as NodeType }
}

/** The nodes with all that is asked of them below this field, in their order. */
export function loadedNodes(
  nodes: readonly Node[],
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<object[]> {
  return batchedNodes(
    nodes.map(({ id, type }) => ({ typeName: type, key: String(id) })),
    context,
    info,
  )
}

/** Tells the caller where a question is too large, in place of an answer; `advice` says what would be answered. */
export async function withinBounds<Answer>(question: Promise<Answer>, advice: string): Promise<Answer> {
  try {
    return await question
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error
    throw new GraphQLError(`No answer was found within the limit of ${error.most} relationships read: ${advice}`, {
      extensions: { code: 'TOO_MUCH_WORK', limit: error.most },
    })
  }
}
