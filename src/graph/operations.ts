/** Which operations there are. */
import { and, inArray } from 'drizzle-orm'
import { operations } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { connectionType, edgeType } from './connection.ts'
import { costs } from './cost.ts'
import { rootPage } from './drizzle-plan.ts'
import { numericKey, parseGlobalId } from './global-id.ts'
import { Operation, type OperationRow, OperationState } from './operation.ts'
import { keyOrder } from './order.ts'
import { organizationArg } from './organization.ts'
import { belongsTo, checkListIsMeant } from './organization-scope.ts'
import { forwardPageSize } from './page.ts'
import { visibleTo } from './visible.ts'

type Operations = typeof operations

const OperationConnection = connectionType('OperationConnection', {
  description: 'A page of operations.',
  node: Operation,
  edge: edgeType<OperationRow, OperationRow>('OperationEdge', {
    description: 'An operation in a list.',
    node: Operation,
  }),
})

builder.queryFields((t) => ({
  operation: t.drizzleField({
    type: Operation,
    nullable: true,
    description: 'The operation with this id; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'As the mutation that began it gave it.' }) },
    resolve: (query, _root, { id }, context) =>
      context.drizzle.query.operations.findFirst(
        query({ where: { id: numericKey(parseGlobalId(id, ['Operation'])), ...visibleTo(context) } }),
      ),
  }),
  operations: t.field({
    type: OperationConnection,
    nullable: true,
    description: "An organization's operations, latest first.",
    extensions: costs({ size: forwardPageSize, page: { count: 20 } }),
    args: {
      ...organizationArg,
      states: t.arg({ type: [OperationState], description: 'Only operations that stand so.' }),
      first: t.arg.int({
        description: 'So many operations, 0 to 500; 50 where nothing is said. 0 gives the count alone.',
      }),
      after: t.arg.string({ description: 'Only operations after the one with this cursor.' }),
    },
    resolve: (_root, args, context, info) =>
      rootPage<Operations, OperationRow>(context, info, {
        args,
        order: keyOrder<Operations>('operations', 'id', 'desc'),
        where: (operation) =>
          and(
            belongsTo(context, operation.organizationId, args.organization),
            args.states ? inArray(operation.state, [...args.states]) : undefined,
          ),
        table: operations,
        typeName: 'Operation',
        findMany: (query) => context.drizzle.query.operations.findMany(query),
        ifNothing: () => checkListIsMeant(context, args.organization),
      }),
  }),
}))
