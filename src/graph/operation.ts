/** Operations of many steps, and their items: what they are to do, how far they are, and what did not come out. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import {
  type itemState,
  operationItems,
  type operationKind,
  type operationState,
  type operations,
} from '../mirror/tables.ts'
import type { WriteFailure } from '../writes/failure.ts'
import { estimatedFinishAt } from '../writes/operations/estimate.ts'
import { builder, type RowOf } from './builder.ts'
import { connectionType, edgeType } from './connection.ts'
import type { Viewer } from './context.ts'
import { costs } from './cost.ts'
import { plannedQuery, relatedPage } from './drizzle-plan.ts'
import { Failure, shownFailure } from './failures.ts'
import { encodeGlobalId } from './global-id.ts'
import { addNodeSource, numberedSource } from './node.ts'
import { journalOf, OperationStep, stepsSelected } from './operation-step.ts'
import { keyOrder } from './order.ts'
import './user.ts'
import { forwardPageSize } from './page.ts'
import { visibleTo } from './visible.ts'

type Operations = typeof operations
type Items = typeof operationItems

const OperationKind = builder.enumType('OperationKind', {
  description: 'What an operation does.',
  values: {
    ONBOARDING: { description: 'Users are created, and put into their groups.' },
    DEPROVISIONING: { description: 'Users leave their groups, and are deleted or deactivated.' },
    EMAIL_CHANGE: { description: "A new account takes a user's place, with another address." },
  } satisfies Record<(typeof operationKind.enumValues)[number], object>,
})

export const OperationState = builder.enumType('OperationState', {
  description: 'How an operation stands.',
  values: {
    QUEUED: { description: 'Nothing of it was begun, or it is to be tried once more.' },
    RUNNING: { description: 'It is under way.' },
    SUCCEEDED: { description: 'All of its items came out.' },
    PARTLY_FAILED: { description: 'Some of its items failed.' },
    FAILED: { description: 'All of its items failed.' },
    CANCELLED: { description: 'It was cancelled before all of its items had begun.' },
  } satisfies Record<(typeof operationState.enumValues)[number], object>,
})

const ItemState = builder.enumType('ItemState', {
  description: 'How an item of an operation stands.',
  values: {
    QUEUED: { description: 'It waits.' },
    RUNNING: { description: 'It was begun.' },
    SUCCEEDED: { description: 'It came out.' },
    FAILED: { description: 'It did not come out; `failure` says why.' },
    SKIPPED: { description: 'The operation was cancelled before it was begun.' },
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
  description: 'Work that takes many requests; it outlives the process that began it.',
  interfaces: [builder.nodeInterfaceRef()],
  select: { columns: { id: true, kind: true, state: true, createdAt: true, finishedAt: true, createdBy: true } },
  fields: (t) => ({
    id: t.id({
      description: 'Names the operation in this graph.',
      resolve: ({ id }) => encodeGlobalId('Operation', id),
    }),
    kind: t.field({ type: OperationKind, description: 'What it does.', resolve: ({ kind }) => kind }),
    state: t.field({ type: OperationState, description: 'How it stands.', resolve: ({ state }) => state }),
    total: t.int({
      description: 'Its items.',
      extensions: itemsCounted,
      select: { extras: { total } },
      resolve: (operation) => operation.total,
    }),
    done: t.int({
      description: 'Those that came out.',
      extensions: itemsCounted,
      select: { extras: { done } },
      resolve: (operation) => operation.done,
    }),
    failed: t.int({
      description: 'Those that failed.',
      extensions: itemsCounted,
      select: { extras: { failed } },
      resolve: (operation) => operation.failed,
    }),
    estimatedFinishAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it can have ended, by the requests that it and older operations still take and by what the allowance leaves to them; null once it has.',
      extensions: costs({ perNode: 50 }),
      select: { extras: { estimatedFinishAt } },
      resolve: (operation) => operation.estimatedFinishAt,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was asked for.',
      resolve: ({ createdAt }) => createdAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its last item ended; null while any is left.',
      resolve: ({ finishedAt }) => finishedAt,
    }),
    createdBy: t.string({ description: 'Who asked for it.', resolve: ({ createdBy }) => createdBy }),
  }),
})

export type OperationRow = RowOf<typeof Operation>

const OperationItem = builder.drizzleObject('operationItems', {
  name: 'OperationItem',
  description: 'What an operation does about one user.',
  select: { columns: { id: true, primaryEmail: true, state: true, failure: true } },
  fields: (t) => ({
    primaryEmail: t.field({
      type: 'EmailAddress',
      description: 'The address that it was asked for with; of an email change, the old one.',
      resolve: ({ primaryEmail }) => primaryEmail,
    }),
    state: t.field({ type: ItemState, description: 'How it stands.', resolve: ({ state }) => state }),
    steps: t.stringList({
      description:
        'The requests that changed something, and are known to have been carried out, in their order. Without the right to read, groups are left out where the caller did not name them.',
      select: stepsSelected,
      resolve: ({ steps, operation }, _args, { viewer }) =>
        journalOf(steps, viewer, isOfGivenOnly(operation.kind)).flatMap(({ name, doneAt }) => (doneAt ? [name] : [])),
    }),
    journal: t.field({
      type: [OperationStep],
      description: 'All requests that change something, in their order, and how far each is.',
      extensions: costs({ size: 5 }),
      select: stepsSelected,
      resolve: ({ steps, operation }, _args, { viewer }) => journalOf(steps, viewer, isOfGivenOnly(operation.kind)),
    }),
    failure: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it failed, or is being undone; null: it did not.',
      select: { with: { operation: { columns: { kind: true } } } },
      resolve: ({ failure, operation }, _args, { viewer }) =>
        failureOf(failure as WriteFailure | null, viewer, !isOfGivenOnly(operation.kind)),
    }),
    user: t.relation('user', {
      nullable: true,
      description: 'The user that it brought about, or was about, as the mirror has it; null where there is none yet.',
    }),
  }),
})

type ItemRow = RowOf<typeof OperationItem>

const OperationItemConnection = connectionType('OperationItemConnection', {
  description: 'A page of items.',
  node: OperationItem,
  edge: edgeType<ItemRow, ItemRow>('OperationItemEdge', { description: 'An item in a list.', node: OperationItem }),
})

interface ItemArgs {
  readonly states?: readonly (typeof itemState.enumValues)[number][] | null | undefined
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

builder.drizzleObjectField(Operation, 'items', (t) =>
  t.field({
    type: OperationItemConnection,
    description: 'In the order in which they were asked for.',
    args: {
      states: t.arg({ type: [ItemState], description: 'Only items that stand so.' }),
      first: t.arg.int({ description: 'So many items, 0 to 500; 50 where nothing is said. 0 gives the count alone.' }),
      after: t.arg.string({ description: 'Only items after the one with this cursor.' }),
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

function failureOf(failure: WriteFailure | null, viewer: Viewer, tellsReadings: boolean) {
  return failure && { ...shownFailure(failure, viewer, tellsReadings), __typename: failure.failure }
}

/** Whether its items are about nothing but what was sent. The others work on what a user has: their words name its groups and aliases. */
function isOfGivenOnly(kind: (typeof operationKind.enumValues)[number]): boolean {
  return kind === 'ONBOARDING'
}
