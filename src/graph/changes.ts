/** Pages of the feed. A cursor is a place in an organization's feed, whatever was asked for when it was given. */
import {
  type ChangeRow,
  type ChangesRead,
  type NodeType,
  readChanges,
  readChangesOfUsers,
} from '../mirror/read-changes.ts'
import { badInput, checkedText } from './bad-input.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { Change, ChangeKind } from './change.ts'
import { edgeType } from './connection.ts'
import { costs } from './cost.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { numericKey, parseGlobalId } from './global-id.ts'
import { historyPruned } from './history-pruned.ts'
import { keyOrder } from './order.ts'
import { organizationArg } from './organization.ts'
import { checkListIsMeant } from './organization-scope.ts'
import { type Edge, forwardPageSize, type PageInfo, pageWindow } from './page.ts'
import { User } from './user.ts'
import { visibleSlugs } from './visible.ts'

interface ChangePage {
  readonly edges: Edge<ChangeRow, ChangeRow>[]
  readonly pageInfo: PageInfo
}

interface FeedArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

export const ChangeEdge = edgeType<ChangeRow, ChangeRow>('ChangeEdge', {
  description: 'A change in the feed.',
  node: Change,
})

const ChangeConnection = builder.objectRef<ChangePage>('ChangeConnection').implement({
  description:
    'A page of changes. An empty page has an endCursor too, after which all that comes later stands: nothing is missed by going on from it.',
  fields: (t) => ({
    edges: t.field({
      type: [ChangeEdge],
      description: "The page's changes with their cursors.",
      extensions: costs({ size: 'page', reads: 'rows' }),
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [Change],
      description: "The page's changes.",
      extensions: costs({ size: 'page', reads: 'rows' }),
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where the page stands.',
      resolve: ({ pageInfo }) => pageInfo,
    }),
  }),
})

const feedArgs = builder.args((t) => ({
  first: t.int({ description: 'So many changes, 0 to 500; 50 where nothing is said.' }),
  after: t.string({ description: "Only changes after this cursor, which may be any of the organization's feed." }),
}))

builder.queryField('changes', (t) =>
  t.field({
    type: ChangeConnection,
    nullable: true,
    description:
      'What became different, oldest first; resume from any cursor, also one of an empty page. Without a cursor or since it begins with the oldest change that is kept; a cursor, since or until beyond that is refused with HISTORY_PRUNED.',
    extensions: costs({ size: forwardPageSize }),
    args: {
      ...organizationArg,
      kinds: t.arg({ type: [ChangeKind], description: 'Only changes of these kinds.' }),
      about: t.arg.id({
        description: 'Only changes whose subject or object this is: the id of a user, a group, a role or an alias.',
      }),
      since: t.arg({ type: 'DateTime', description: 'Only changes whose notAfter is this or later.' }),
      until: t.arg({ type: 'DateTime', description: 'Only changes whose notAfter is earlier than this.' }),
      ...feedArgs,
    },
    resolve: async (_root, { organization, kinds, about, since, until, ...page }, context) => {
      const place = placeOf(page)
      const read = await readChanges(context.sql, {
        visible: visibleSlugs(context),
        organization: organization == null ? null : checkedText('organization', organization),
        after: place.position,
        limit: place.size + 1,
        kinds: kinds ?? undefined,
        about: about == null ? undefined : aboutOf(about),
        since: since ?? undefined,
        until: until ?? undefined,
      })
      if (!read) await checkListIsMeant(context, organization)
      return pageOf(read, place, { since, until })
    },
  }),
)

builder.drizzleObjectField(User, 'changes', (t) =>
  t.field({
    type: ChangeConnection,
    description: 'What became different about this user, oldest first, to the end of this life.',
    extensions: costs({ size: forwardPageSize }),
    args: feedArgs,
    resolve: async ({ id }, args, context, info) => {
      const place = placeOf(args)
      const read = await batched(context, info, id, async (userIds) => {
        const found = await readChangesOfUsers(context.sql, {
          userIds,
          after: place.position,
          limit: place.size + 1,
        })
        return userIds.map((userId) => found.get(userId))
      })
      return pageOf(read, place)
    },
  }),
)

const nodeTypes = ['User', 'Group', 'Role', 'Alias'] as const satisfies readonly NodeType[]

function aboutOf(about: string): { type: NodeType; id: number } {
  const id = parseGlobalId(about, nodeTypes)
  return { type: id.typeName as NodeType, id: numericKey(id) }
}

interface Span {
  readonly since?: string | null | undefined
  readonly until?: string | null | undefined
}

export interface Place {
  readonly size: number
  /** As it was given. */
  readonly after: string | null
  /** Whose feed it is a place of; undefined at the beginning, which every feed has. */
  readonly organizationId: number | undefined
  readonly position: number
}

const cursors = keyOrder<{ position: never }>('changes', 'position').name

export function placeOf({ first, after }: FeedArgs): Place {
  const { size } = pageWindow({ first }, keyOrder<{ position: never }>('changes', 'position'))
  if (after == null) return { size, after: null, organizationId: undefined, position: 0 }
  const [organizationId, position] = decodeCursor('after', after, cursors, ['number', 'number'])
  return { size, after, organizationId: Number(organizationId), position: Math.max(0, Number(position)) }
}

export function cursorOf({ organizationId, position }: { organizationId: number; position: number }): string {
  return encodeCursor(cursors, [organizationId, position])
}

function pageOf(read: ChangesRead | undefined, place: Place, span: Span = {}): ChangePage {
  if (read) {
    checkPlace(read, place)
    checkHistory(read, place, span)
  }
  const shown = read?.changes.slice(0, place.size) ?? []
  const edges = shown.map((change) => ({ row: change, node: change, cursor: cursorOf(change) }))
  return {
    edges,
    pageInfo: {
      hasNextPage: (read?.changes.length ?? 0) > place.size,
      hasPreviousPage: place.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? endOfNothing(read, place),
    },
  }
}

/** Where the search for a page ended that found nothing. */
function endOfNothing(read: ChangesRead | undefined, place: Place): string | null {
  if (!read) return place.after
  const position = read.changes.length === 0 ? read.feedPosition : place.position
  return cursorOf({ organizationId: read.organizationId, position })
}

export function checkPlace(read: ChangesRead, { organizationId, position }: Place): void {
  if (organizationId !== undefined && organizationId !== read.organizationId) {
    throw badInput('after is a cursor of another organization: each has a feed of its own')
  }
  if (position > read.feedPosition) {
    throw badInput(
      'after stands beyond the end of the feed, as it does after the database was put back to an earlier state: begin anew without it',
    )
  }
}

/** A reader who asks for what followed a place or a time would take what is left of it for all of it. */
export function checkHistory(
  { prunedTo, historyFrom }: ChangesRead,
  { after, position }: Pick<Place, 'after' | 'position'>,
  { since, until }: Span = {},
): void {
  if (historyFrom === null) return
  if (after !== null && position < prunedTo) {
    throw historyPruned(
      'Changes after this cursor have been pruned: read the lists anew, and the feed from its beginning, without a cursor',
      historyFrom,
    )
  }
  if (since != null && since < historyFrom) throw historyPruned('Changes after since have been pruned', historyFrom)
  if (until != null && until <= historyFrom) throw historyPruned('Changes before until have been pruned', historyFrom)
}
