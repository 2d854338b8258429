/** Lists of operations. */

import { and, inArray } from 'drizzle-orm'
import { operations } from '../../db/schema/tables.ts'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'
import { noPast, requiresScope } from '../core/field-policy.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { assertOrganizationKnown, belongsTo } from '../core/organization-argument.ts'
import { visibleTo } from '../core/tenant-visibility.ts'
import { organizationArg } from '../organization/organization.ts'
import { connectionType, edgeType } from '../pagination/connection.ts'
import { rootPage } from '../pagination/drizzle-plan.ts'
import { keyOrder } from '../pagination/order.ts'
import { forwardPageSize } from '../pagination/page.ts'
import { Operation, type OperationRow, OperationState } from './operation.ts'

type Operations = typeof operations

const OperationConnection = connectionType('OperationConnection', {
  description: 'A page of operations.',
  node: Operation,
  edge: edgeType<OperationRow, OperationRow>('OperationEdge', {
    description: 'An edge in a connection of operations.',
    node: Operation,
  }),
})

builder.queryFields((t) => ({
  operation: t.drizzleField({
    type: Operation,
    nullable: true,
    extensions: { ...requiresScope('write'), ...noPast },
    description: 'An operation by its global ID. Null if it does not exist. Requires the `write` scope.',
    args: { id: t.arg.id({ required: true, description: 'The global ID of the operation.' }) },
    resolve: (query, _root, { id }, context) =>
      context.drizzle.query.operations.findFirst(
        query({ where: { id: numericKey(parseGlobalId(id, ['Operation'])), ...visibleTo(context) } }),
      ),
  }),
  operations: t.field({
    type: OperationConnection,
    nullable: true,
    description: 'The operations of an organization, newest first. Requires the `write` scope.',
    extensions: { ...requiresScope('write'), ...noPast, ...costs({ size: forwardPageSize, page: { count: 20 } }) },
    args: {
      ...organizationArg,
      states: t.arg({
        type: [OperationState],
        description: 'Return only operations in these states. Defaults to all states.',
      }),
      first: t.arg.int({
        description: 'Number of operations to return (0–500). Defaults to 50. Use 0 to fetch only the count.',
      }),
      after: t.arg.string({ description: 'Return only operations after this cursor.' }),
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
        ifNothing: () => assertOrganizationKnown(context, args.organization),
      }),
  }),
}))
