import { GraphQLError } from 'graphql'
import type { users } from '../../db/schema/tables.ts'
import type { NodeType } from '../../mirror/feed/feed-branches.ts'
import { type ChangeRow, type ChangesRead, readChanges, readChangesOfUsers } from '../../mirror/feed/read-changes.ts'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { assertOrganizationKnown } from '../core/organization-argument.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'
import { FromJavaScript } from '../execute.ts'
import { organizationArg } from '../organization/organization.ts'
import { batched } from '../pagination/batch.ts'
import { cursorDescription, PageInfo } from '../pagination/connection.ts'
import { pageSize } from '../pagination/page.ts'
import { User } from '../user/user.ts'
import { Change, ChangeKind } from './change.ts'
import {
  cursorOfChange,
  encodeFeedCursor,
  endOfNothing,
  type FeedArgs,
  type FeedCursor,
  type FeedPlace,
  feedPlaceOf,
  startOfNothing,
  windowOf,
} from './feed-cursor.ts'

/** Pages of the change feed. */

type Users = typeof users

interface ChangePage {
  readonly edges: FeedEdge[]
  readonly pageInfo: object
}

export const ChangeEdge = builder.objectRef<FeedEdge>('ChangeEdge').implement({
  description: 'An edge in a connection of changes.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: cursorDescription }),
    node: t.expose('node', { type: Change, description: 'The item itself.' }),
  }),
})

const ChangeConnection = builder.objectRef<ChangePage>('ChangeConnection').implement({
  description:
    'A page of changes, oldest first. Empty pages have cursors too. To get every change exactly once, ' +
    'continue after `endCursor` with the same or a later `until`, or before `startCursor` with the same or ' +
    'an earlier `since`.',
  fields: (t) => ({
    edges: t.expose('edges', {
      type: [ChangeEdge],
      description: 'The changes on this page, with their cursors.',
      extensions: costs({ size: 'page', reads: 'rows' }),
    }),
    nodes: t.field({
      type: [Change],
      description: 'The changes on this page.',
      extensions: costs({ size: 'page', reads: 'rows' }),
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.expose('pageInfo', {
      type: PageInfo,
      description: 'Information about this page.',
    }),
  }),
})

export const baselineArg = builder.args((t) => ({
  baseline: t.boolean({
    description:
      'False returns only changes outside the baseline, i.e. differences that happened at the vendor; true returns ' +
      'only the baseline. Defaults to all changes, from which the whole mirror can be rebuilt. See `Change.baseline`.',
  }),
}))

const feedArgs = builder.args((t) => ({
  first: t.int({
    description: 'Number of changes to return from the start (0–500). Defaults to 50 unless `last` is given.',
  }),
  after: t.string({
    description: "Return only changes after this cursor. Any cursor of the organization's feed is valid.",
  }),
  last: t.int({ description: 'Number of changes to return from the end (0–500). Mutually exclusive with `first`.' }),
  before: t.string({
    description: "Return only changes before this cursor. Any cursor of the organization's feed is valid.",
  }),
}))

builder.queryField('changes', (t) =>
  t.field({
    type: ChangeConnection,
    nullable: true,
    description:
      'The change feed of an organization, oldest first. Reading can resume from any cursor, including that of ' +
      'an empty page. Without a cursor or `since`, the feed starts at the oldest retained change. Fails with ' +
      'the code HISTORY_PRUNED if a cursor, `since` or `until` lies before the retained history.',
    extensions: costs({ size: pageSize }),
    args: {
      ...organizationArg,
      kinds: t.arg({ type: [ChangeKind], description: 'Return only changes of these kinds. Defaults to all kinds.' }),
      about: t.arg.id({
        description:
          'Return only changes whose subject or object has this global ID (of a user, group, role or alias).',
      }),
      ...baselineArg,
      since: t.arg({ type: 'DateTime', description: 'Return only changes whose `notAfter` is at or after this time.' }),
      until: t.arg({ type: 'DateTime', description: 'Return only changes whose `notAfter` is before this time.' }),
      ...feedArgs,
    },
    resolve: async (_root, { organization, kinds, about, baseline, since, until, ...page }, context) => {
      const place = feedPlaceOf(page)
      const read = await readChanges(context.sql, {
        visible: visibleSlugs(context),
        organization: organization == null ? null : checkedText('organization', organization),
        window: windowOf(place),
        limit: place.size + 1,
        kinds: kinds ?? undefined,
        about: about == null ? undefined : aboutOf(about),
        baseline: baseline ?? undefined,
        since: since ?? undefined,
        until: until ?? undefined,
      })
      if (!read) await assertOrganizationKnown(context, organization)
      return pageOf(read, place, page)
    },
  }),
)

builder.objectField(User, 'changes', (t) =>
  t.field({
    type: ChangeConnection,
    description: 'Changes of this user, oldest first. Ends with the deletion of the account.',
    extensions: costs({ size: pageSize }),
    args: { ...baselineArg, ...feedArgs },
    sql: (user: Users) => user.id,
    compute: async (id: number, args, context, info) => {
      const place = feedPlaceOf(args)
      const read = await batched(context, info, id, async (userIds) => {
        const found = await readChangesOfUsers(context.sql, {
          userIds,
          window: windowOf(place),
          limit: place.size + 1,
          baseline: args.baseline ?? undefined,
        })
        return userIds.map((userId) => found.get(userId))
      })
      return pageOf(read, place, args)
    },
  }),
)

const nodeTypes = ['User', 'Group', 'Role', 'Alias'] as const satisfies readonly NodeType[]

function aboutOf(about: string): { type: NodeType; id: number } {
  const id = parseGlobalId(about, nodeTypes)
  return { type: id.typeName as NodeType, id: numericKey(id) }
}

function pageOf(
  read: ChangesRead | undefined,
  place: FeedPlace,
  { after = null, before = null }: FeedArgs,
): ChangePage {
  if (!read) {
    const info = { hasNextPage: false, hasPreviousPage: after !== null, startCursor: before, endCursor: after }
    return { edges: [], pageInfo: new FromJavaScript(info) }
  }
  checkPlace(read, place)
  checkHistory(read, place)
  const hasMore = read.changes.length > place.size
  const shown = read.changes.slice(0, place.size)
  if (place.isBackward) shown.reverse()
  const edges = shown.map((change) => new FeedEdge(change, () => cursorOfChange(change.position, read, place)))
  return {
    edges,
    pageInfo: new FromJavaScript({
      hasNextPage: place.isBackward ? place.before !== undefined : hasMore,
      hasPreviousPage: place.isBackward ? hasMore : place.after !== undefined,
      startCursor: edges[0]?.cursor ?? encodeFeedCursor(startOfNothing(read, place, !hasMore)),
      endCursor: edges.at(-1)?.cursor ?? encodeFeedCursor(endOfNothing(read, place, !hasMore)),
    }),
  }
}

/** Most callers read only the last cursor, so each cursor is encoded when it is read. */
export class FeedEdge {
  readonly node: ChangeRow
  readonly #cursor: () => FeedCursor

  constructor(change: ChangeRow, cursor: () => FeedCursor) {
    this.node = change
    this.#cursor = cursor
  }

  get cursor(): string {
    return encodeFeedCursor(this.#cursor())
  }
}

export function checkPlace(read: ChangesRead, { after, before }: Pick<FeedPlace, 'after' | 'before'>): void {
  const { organizationId, feedPosition } = read
  for (const [argument, cursor] of [
    ['after', after],
    ['before', before],
  ] as const) {
    if (cursor === undefined) continue
    if (cursor.organizationId !== organizationId) {
      throw userInputError(`\`${argument}\` is a cursor of another organization; each organization has its own feed`)
    }
    const farthest = Math.max(cursor.below, cursor.above - 1, ...cursor.forward.steps.map(({ position }) => position))
    if (farthest > feedPosition) {
      throw userInputError(
        `\`${argument}\` lies beyond the end of the feed, which happens if the database was restored to an ` +
          'earlier state; start again without a cursor',
      )
    }
  }
}

/**
 * Rejects a cursor or time before the retained history: the reader would otherwise take the remaining changes for all
 * of them.
 */
export function checkHistory(read: ChangesRead, { isBackward, after, before }: Omit<FeedPlace, 'size'>): void {
  const { prunedTo, historyFrom, since, until } = read
  if (historyFrom === null) return
  if (after && (isBackward ? after.below : after.forward.position) < prunedTo) {
    throw historyPruned(
      'Changes after this cursor have been pruned; read the lists again, and then the feed from its start, ' +
        'without a cursor',
      historyFrom,
    )
  }
  if (before && (isBackward ? before.backward.position : before.above) <= prunedTo) {
    throw historyPruned('Changes before this cursor have been pruned', historyFrom)
  }
  if (since && since.moment < historyFrom) throw historyPruned('Changes after `since` have been pruned', historyFrom)
  if (until && until.moment <= historyFrom) throw historyPruned('Changes before `until` have been pruned', historyFrom)
}

/**
 * The error for a query that reaches back beyond the retained history. It is rejected because the remaining data would
 * be a wrong answer. `historyFrom`: the start of the complete history.
 */
function historyPruned(message: string, historyFrom: string): GraphQLError {
  return new GraphQLError(`${message}; history is complete since ${historyFrom}`, {
    extensions: { code: 'HISTORY_PRUNED', historyFrom },
  })
}
