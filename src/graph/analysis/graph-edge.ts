import { GraphQLError } from 'graphql'
import type { EdgeKind as Kind } from '../../analysis/graph/edges.ts'
import { type Edge, type NodeType, targetTypes } from '../../analysis/graph/edges.ts'
import type { Node } from '../../analysis/graph/nodes.ts'
import { TooMuchWork } from '../../analysis/graph/path-steps.ts'
import { type Ref, ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { encodeGlobalId, numericKey, parseGlobalId } from '../core/global-id.ts'

/** The parts of a graph result: edges, and nodes by their IDs. */

export const GraphEdge = builder.objectRef<Edge>('GraphEdge').implement({
  description: 'A relationship between two nodes.',
  fields: (t) => ({
    kind: t.expose('kind', { type: EdgeKind, description: 'The kind of the relationship.' }),
    source: t.id({
      description: 'The global ID of the user. For SAME_PERSON, the ID of the user that the mirror observed first.',
      resolve: ({ source }) => encodeGlobalId('User', source),
    }),
    target: t.id({
      description: 'The global ID of the group, role, alias or other user.',
      resolve: ({ kind, target }) => encodeGlobalId(targetTypes[kind], target),
    }),
  }),
})

const nodeTypes: readonly NodeType[] = ['User', 'Group', 'Role', 'Alias']

/** Returns the node of a global ID. Throws bad input for an invalid ID, or an ID of a type without relationships. */
export function nodeOf(id: string): Node {
  const parsed = parseGlobalId(id, nodeTypes)
  return { id: numericKey(parsed), type: parsed.typeName as NodeType }
}

/** Returns the references to nodes, in order. */
export function refsOf(nodes: readonly Node[]): Ref[] {
  return nodes.map(({ id, type }) => ref(type, id))
}

/** Reports a query that reads too much as an error; `advice` tells how to reduce it. */
export async function withinBounds<Answer>(question: Promise<Answer>, advice: string): Promise<Answer> {
  try {
    return await question
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error
    throw new GraphQLError(`No answer was found within the limit of ${error.most} relationships read; ${advice}`, {
      extensions: { code: 'TOO_MUCH_WORK', limit: error.most },
    })
  }
}

export const EdgeKind = builder.enumType('EdgeKind', {
  description: 'The kind of a relationship.',
  values: {
    MEMBER_OF: { description: 'A user is a member of a group.' },
    HOLDS: { description: 'A user holds a role.' },
    OWNS: { description: 'A user owns an alias.' },
    SAME_PERSON: {
      description:
        'Two users of an organization claim the same address, or have the same first and last name, ignoring ' +
        'case.',
    },
  },
})

/** Returns the kinds in `via`, or the default kinds if it is null. */
export function edgeKinds(via: readonly Kind[] | null | undefined, usual: readonly Kind[]): ReadonlySet<Kind> {
  return new Set(via ?? usual)
}
