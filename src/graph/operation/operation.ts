import { and, type Column, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { GraphQLError } from 'graphql'
import {
  type itemState,
  operationItems,
  type operationKind,
  type operationState,
  operations,
  users,
} from '../../db/schema/tables.ts'
import { storedFailure } from '../../operations/operation.ts'
import { estimatedFinishAt } from '../../operations/start/estimate.ts'
import { columns } from '../../planner/json-text.ts'
import { one, page } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import type { GraphContext, Viewer } from '../context.ts'
import { costs } from '../core/cost.ts'
import { Failure, shownFailure } from '../core/failures.ts'
import { requiresScope } from '../core/field-policy.ts'
import { globalId, numericKey, parseGlobalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import { isOfVisible } from '../core/tenant-visibility.ts'
import { connectionType } from '../pagination/connection.ts'
import { keyOrder } from '../pagination/order.ts'
import { forwardPageSize, type PageArgs, pageWindow } from '../pagination/page.ts'
import { User } from '../user/user.ts'
import { type JournalRow, journalOf, journalRows, OperationStep } from './operation-step.ts'

/** Operations with many steps, and their items: the work, its progress and its failures. */

type Operations = typeof operations
type Items = typeof operationItems
type Users = typeof users
type Kind = (typeof operationKind.enumValues)[number]

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
  sql`(select count(*) from operation_items item where item.operation_id = ${operation.id}${
    state ? sql` and item.state = ${sql.raw(`'${state}'`)}` : sql``
  })`

const itemsCounted = costs({ perNode: 10 })

export const Operation = builder.objectRef<object>('Operation').implement({
  extensions: { ...requiresScope('write'), ...nodeRows('Operation', operations, { hasNoPast: true }) },
  description: 'Work that takes many requests. An operation survives the process that started it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the operation.',
      sql: (row: Operations) => globalId('Operation', row.id),
    }),
    kind: t.field({
      type: OperationKind,
      description: 'The kind of the operation.',
      sql: (row: Operations) => row.kind,
    }),
    state: t.field({
      type: OperationState,
      description: 'The state of the operation.',
      sql: (row: Operations) => row.state,
    }),
    total: t.int({
      description: 'Number of items.',
      extensions: itemsCounted,
      sql: counted(),
    }),
    done: t.int({
      description: 'Number of items that succeeded.',
      extensions: itemsCounted,
      sql: counted('SUCCEEDED'),
    }),
    failed: t.int({
      description: 'Number of items that failed.',
      extensions: itemsCounted,
      sql: counted('FAILED'),
    }),
    estimatedFinishAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The earliest time at which the operation can finish, based on the requests that it and older operations ' +
        'still need and on the allowance available to them. Null once it has finished.',
      extensions: costs({ perNode: 50 }),
      sql: (row: Operations) => sql`(${estimatedFinishAt(row)})::timestamptz`,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the operation was requested.',
      sql: (row: Operations) => row.createdAt,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last item ended. Null while any item is unfinished.',
      sql: (row: Operations) => row.finishedAt,
    }),
    createdBy: t.string({
      description: 'The name of the caller who requested the operation.',
      sql: (row: Operations) => row.createdBy,
    }),
  }),
})

/** What the failure and the steps of an item are made of. */
interface ItemRead {
  readonly id: number
  readonly kind: Kind
  readonly failure: unknown
  readonly steps: readonly JournalRow[]
}

const itemColumns = (item: Items, more: Record<string, SQL | Column>) =>
  columns({ id: item.id, kind: sql`(select o.kind from operations o where o.id = ${item.operationId})`, ...more })
const itemSteps = (item: Items) => itemColumns(item, { steps: journalRows(item) })

const OperationItem = builder.objectRef<object>('OperationItem').implement({
  description: 'The part of an operation that concerns one user.',
  fields: (t) => ({
    primaryEmail: t.field({
      type: 'EmailAddress',
      description: 'The address as given in the request. For an email change, the old address.',
      sql: (item: Items) => item.primaryEmail,
    }),
    state: t.field({ type: ItemState, description: 'The state of the item.', sql: (item: Items) => item.state }),
    steps: t.stringList({
      description:
        'The completed requests that changed something at the vendor, in order: `create`, `join <group>`, `leave ' +
        '<group>`, `replace`, `complete` and `delete`. In an email change, each has the prefix `new` or `old` ' +
        'for the account. Without the `read` scope, groups that the caller did not specify are left out.',
      sql: itemSteps,
      compute: ({ steps, kind }: ItemRead, _args, { viewer }) =>
        journalOf(steps, viewer, isOfGivenOnly(kind)).flatMap(({ name, doneAt }) => (doneAt ? [name] : [])),
    }),
    journal: t.field({
      type: [OperationStep],
      description: 'All requests that change something at the vendor, in order, with the state of each.',
      extensions: costs({ size: 5 }),
      sql: itemSteps,
      compute: ({ steps, kind }: ItemRead, _args, { viewer }) => journalOf(steps, viewer, isOfGivenOnly(kind)),
    }),
    failure: t.field({
      type: Failure,
      nullable: true,
      description: 'Why the item failed or is being undone. Null otherwise.',
      sql: (item: Items) => itemColumns(item, { failure: item.failure }),
      compute: ({ id, failure, kind }: ItemRead, _args, { viewer }) =>
        failureOf(storedFailure(failure, id), viewer, !isOfGivenOnly(kind)),
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user that the item created or concerns, as it is in the mirror. Null if there is none yet.',
      sql: one({ table: users, where: (user: Users, item: Items) => eq(user.id, item.userId) }),
    }),
  }),
})

const OperationItemConnection = connectionType('OperationItemConnection', { items: 'items', node: OperationItem })

interface ItemArgs extends PageArgs {
  readonly states?: readonly (typeof itemState.enumValues)[number][] | null | undefined
}

const itemOrder = keyOrder<Items>('items', 'id')

builder.objectField(Operation, 'items', (t) =>
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
    extensions: costs({ size: forwardPageSize, page: { count: 10 } }),
    sql: page({
      table: operationItems,
      where: (item: Items, operation: Operations, { states }: ItemArgs) =>
        and(eq(item.operationId, operation.id), states ? inArray(item.state, [...states]) : undefined),
      window: (args) => pageWindow(args, itemOrder),
    }),
  }),
)

function failureOf(failure: ReturnType<typeof storedFailure>, viewer: Viewer, tellsReadings: boolean) {
  return failure && { ...shownFailure(failure, viewer, tellsReadings), __typename: failure.failure }
}

/**
 * Whether the items only concern data that the caller sent. Other items work on a user's existing data, so their
 * messages contain its groups and aliases.
 */
function isOfGivenOnly(kind: Kind): boolean {
  return kind === 'ONBOARDING'
}

/**
 * Returns the key of an operation by its global ID. Throws bad input for an invalid ID, and NOT_FOUND if the operation
 * does not exist or is not visible to the caller.
 */
export async function knownOperation(context: GraphContext, id: string): Promise<number> {
  const key = numericKey(parseGlobalId(id, ['Operation']))
  const [found] = await context
    .drizzle()
    .select({ id: operations.id })
    .from(operations)
    .where(and(eq(operations.id, key), isOfVisible(context, operations.organizationId)))
  if (found) return key
  throw new GraphQLError('No operation has this ID', { extensions: { code: 'NOT_FOUND' } })
}
