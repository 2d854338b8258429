import { and, eq, inArray, sql } from 'drizzle-orm'
import {
  type itemState,
  operationItems,
  type operationKind,
  type operationState,
  type operations,
} from '../../db/schema/tables.ts'
import { storedFailure } from '../../operations/operation.ts'
import { estimatedFinishAt } from '../../operations/start/estimate.ts'
import { builder, type RowOf } from '../builder.ts'
import type { Viewer } from '../context.ts'
import { costs } from '../core/cost.ts'
import { Failure, shownFailure } from '../core/failures.ts'
import { requiresScope } from '../core/field-policy.ts'
import { encodeGlobalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import { connectionType, edgeType } from '../pagination/connection.ts'
import { plannedQuery, relatedPage } from '../pagination/drizzle-plan.ts'
import { keyOrder } from '../pagination/order.ts'
import { journalOf, OperationStep, stepsSelected } from './operation-step.ts'
import '../user/user.ts'
import { GraphQLError } from 'graphql'
import type { GraphContext } from '../context.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { visibleTo } from '../core/tenant-visibility.ts'
import { forwardPageSize } from '../pagination/page.ts'

/** Operations with many steps, and their items: the work, its progress and its failures. */

type Operations = typeof operations
type Items = typeof operationItems

const OperationKind = builder.enumType('OperationKind', {
  description: 'The kind of an operation.',
  values: {
    ONBOARDING: { description: 'Creates users and adds them to their groups.' },
    DEPROVISIONING: { description: 'Removes users from their groups and deletes or deactivates them.' },
    EMAIL_CHANGE: { description: "Replaces a user's account with a new account that has another primary address." },
  } satisfies Record<(typeof operationKind.enumValues)[number], object>,
})

export const OperationState = builder.enumType('OperationState', {
  description: 'The state of an operation.',
  values: {
    QUEUED: { description: 'Not started yet, or queued for a retry.' },
    RUNNING: { description: 'In progress.' },
    SUCCEEDED: { description: 'Completed; all items succeeded.' },
    PARTLY_FAILED: { description: 'Completed; some items failed.' },
    FAILED: { description: 'Completed; all items failed.' },
    CANCELLED: { description: 'Cancelled before all items had started.' },
  } satisfies Record<(typeof operationState.enumValues)[number], object>,
})

const ItemState = builder.enumType('ItemState', {
  description: 'The state of an item of an operation.',
  values: {
    QUEUED: { description: 'Waiting to start.' },
    RUNNING: { description: 'In progress.' },
    SUCCEEDED: { description: 'Completed successfully.' },
    FAILED: { description: 'Failed; see `failure`.' },
    SKIPPED: { description: 'Not started, because the operation was cancelled.' },
  } satisfies Record<(typeof itemState.enumValues)[number], object>,
})

const counted = (state?: (typeof itemState.enumValues)[number]) => (operation: Operations) =>
  sql<number>`(select count(*)::int from operation_items item where item.operation_id = ${operation.id}${
    state ? sql` and item.state = ${sql.raw(`'${state}'`)}` : sql``
  })`
const total = counted()
const done = counted('SUCCEEDED')
const failed = counted('FAILED')

const itemsCounted = costs({ perNode: 10 })

export const Operation = builder.drizzleObject('operations', {
  name: 'Operation',
  extensions: requiresScope('write'),
  description: 'Work that takes many requests. An operation survives the process that started it.',
  interfaces: [builder.nodeInterfaceRef()],
  select: { columns: { id: true, kind: true, state: true, createdAt: true, finishedAt: true, createdBy: true } },
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the operation.',
      resolve: ({ id }) => encodeGlobalId('Operation', id),
    }),
    kind: t.field({ type: OperationKind, description: 'The kind of the operation.', resolve: ({ kind }) => kind }),
    state: t.field({ type: OperationState, description: 'The state of the operation.', resolve: ({ state }) => state }),
    total: t.int({
      description: 'Number of items.',
      extensions: itemsCounted,
      select: { extras: { total } },
      resolve: (operation) => operation.total,
    }),
    done: t.int({
      description: 'Number of items that succeeded.',
      extensions: itemsCounted,
      select: { extras: { done } },
      resolve: (operation) => operation.done,
    }),
    failed: t.int({
      description: 'Number of items that failed.',
      extensions: itemsCounted,
      select: { extras: { failed } },
      resolve: (operation) => operation.failed,
    }),
    estimatedFinishAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The earliest time at which the operation can finish, based on the requests that it and older operations ' +
        'still need and on the allowance available to them. Null once it has finished.',
      extensions: costs({ perNode: 50 }),
      select: { extras: { estimatedFinishAt } },
      resolve: (operation) => operation.estimatedFinishAt,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the operation was requested.',
      resolve: ({ createdAt }) => createdAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last item ended. Null while any item is unfinished.',
      resolve: ({ finishedAt }) => finishedAt,
    }),
    createdBy: t.string({
      description: 'The name of the caller who requested the operation.',
      resolve: ({ createdBy }) => createdBy,
    }),
  }),
})

export type OperationRow = RowOf<typeof Operation>

const OperationItem = builder.drizzleObject('operationItems', {
  name: 'OperationItem',
  description: 'The part of an operation that concerns one user.',
  select: { columns: { id: true, primaryEmail: true, state: true, failure: true } },
  fields: (t) => ({
    primaryEmail: t.field({
      type: 'EmailAddress',
      description: 'The address as given in the request. For an email change, the old address.',
      resolve: ({ primaryEmail }) => primaryEmail,
    }),
    state: t.field({ type: ItemState, description: 'The state of the item.', resolve: ({ state }) => state }),
    steps: t.stringList({
      description:
        'The completed requests that changed something at the vendor, in order: `create`, `join <group>`, `leave ' +
        '<group>`, `replace`, `complete` and `delete`. In an email change, each has the prefix `new` or `old` ' +
        'for the account. Without the `read` scope, groups that the caller did not specify are left out.',
      select: stepsSelected,
      resolve: ({ steps, operation }, _args, { viewer }) =>
        journalOf(steps, viewer, isOfGivenOnly(operation.kind)).flatMap(({ name, doneAt }) => (doneAt ? [name] : [])),
    }),
    journal: t.field({
      type: [OperationStep],
      description: 'All requests that change something at the vendor, in order, with the state of each.',
      extensions: costs({ size: 5 }),
      select: stepsSelected,
      resolve: ({ steps, operation }, _args, { viewer }) => journalOf(steps, viewer, isOfGivenOnly(operation.kind)),
    }),
    failure: t.field({
      type: Failure,
      nullable: true,
      description: 'Why the item failed or is being undone. Null otherwise.',
      select: { with: { operation: { columns: { kind: true } } } },
      resolve: ({ id, failure, operation }, _args, { viewer }) =>
        failureOf(storedFailure(failure, id), viewer, !isOfGivenOnly(operation.kind)),
    }),
    user: t.relation('user', {
      nullable: true,
      description: 'The user that the item created or concerns, as it is in the mirror. Null if there is none yet.',
    }),
  }),
})

type ItemRow = RowOf<typeof OperationItem>

const OperationItemConnection = connectionType('OperationItemConnection', {
  description: 'A page of items.',
  node: OperationItem,
  edge: edgeType<ItemRow, ItemRow>('OperationItemEdge', {
    description: 'An edge in a connection of items.',
    node: OperationItem,
  }),
})

interface ItemArgs {
  readonly states?: readonly (typeof itemState.enumValues)[number][] | null | undefined
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

builder.drizzleObjectField(Operation, 'items', (t) =>
  t.field({
    type: OperationItemConnection,
    description: 'The items of the operation, in the order in which they were requested.',
    args: {
      states: t.arg({ type: [ItemState], description: 'Return only items in these states. Defaults to all states.' }),
      first: t.arg.int({
        description: 'Number of items to return (0–500). Defaults to 50. Use 0 to fetch only the count.',
      }),
      after: t.arg.string({ description: 'Return only items after this cursor.' }),
    },
    ...relatedPage<Items, ItemArgs, ItemRow, ItemRow>({
      coordinate: 'Operation.items',
      cost: { size: forwardPageSize, page: { count: 10 } },
      relation: 'items',
      typeName: 'OperationItem',
      table: operationItems,
      belongs: (item, operation) => eq(item.operationId, operation.id),
      list: ({ states }) => ({
        order: keyOrder<Items>('items', 'id'),
        where: (item) => and(states ? inArray(item.state, [...states]) : undefined),
      }),
    }),
  }),
)

addNodeSource(
  'Operation',
  numberedSource(
    (ids, context, info) =>
      context.drizzle.query.operations.findMany(
        plannedQuery(context, info, 'Operation', undefined, { where: { id: { in: ids }, ...visibleTo(context) } }),
      ),
    { hasNoPast: true },
  ),
)

function failureOf(failure: ReturnType<typeof storedFailure>, viewer: Viewer, tellsReadings: boolean) {
  return failure && { ...shownFailure(failure, viewer, tellsReadings), __typename: failure.failure }
}

/**
 * Whether the items only concern data that the caller sent. Other items work on a user's existing data, so their
 * messages contain its groups and aliases.
 */
function isOfGivenOnly(kind: (typeof operationKind.enumValues)[number]): boolean {
  return kind === 'ONBOARDING'
}

/**
 * Returns the key of an operation by its global ID. Throws bad input for an invalid ID, and NOT_FOUND if the operation
 * does not exist or is not visible to the caller.
 */
export async function knownOperation(context: GraphContext, id: string): Promise<number> {
  const key = numericKey(parseGlobalId(id, ['Operation']))
  const found = await context.drizzle.query.operations.findFirst({
    columns: { id: true },
    where: { id: key, ...visibleTo(context) },
  })
  if (found) return key
  throw new GraphQLError('No operation has this ID', { extensions: { code: 'NOT_FOUND' } })
}
