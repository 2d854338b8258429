/** Lists of operations. */

import { and, inArray, sql } from 'drizzle-orm'
import { operations } from '../../db/schema/tables.ts'
import { given, type Value } from '../../planner/given.ts'
import { one, page } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'
import { noPast, requiresScope } from '../core/field-policy.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { assertOrganizationKnown, belongsTo } from '../core/organization-argument.ts'
import { isOfVisible } from '../core/tenant-visibility.ts'
import { organizationArg } from '../organization/organization.ts'
import { connectionType } from '../pagination/connection.ts'
import { keyOrder } from '../pagination/order.ts'
import { forwardPageSize, type PageArgs, pageWindow } from '../pagination/page.ts'
import { Operation, OperationState } from './operation.ts'

type Operations = typeof operations

const OperationConnection = connectionType('OperationConnection', { items: 'operations', node: Operation })

const order = keyOrder<Operations>('operations', 'id', 'desc')

interface OperationListArgs extends PageArgs {
  readonly organization?: Value<string> | null | undefined
  readonly states?: readonly (typeof OperationState.$inferType)[] | null | undefined
}

builder.queryFields((t) => ({
  operation: t.field({
    type: Operation,
    nullable: true,
    extensions: { ...requiresScope('write'), ...noPast },
    description: 'An operation by its global ID. Null if it does not exist. Requires the `write` scope.',
    args: { id: t.arg.id({ required: true, description: 'The global ID of the operation.' }) },
    sql: one({
      table: operations,
      where: (row: Operations, _root: unknown, { id }: { id: Value<string> }, env) =>
        and(
          sql`${row.id} = ${given(id).map((text) => numericKey(parseGlobalId(text, ['Operation'])))}::bigint`,
          isOfVisible(env, row.organizationId),
        ),
    }),
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
    sql: page({
      table: operations,
      where: (row: Operations, _root, { organization, states }: OperationListArgs, env) =>
        and(belongsTo(env, row.organizationId, organization), states ? inArray(row.state, [...states]) : undefined),
      window: (args) => pageWindow(args, order),
    }),
    check: ({ organization }, context) => assertOrganizationKnown(context, organization),
  }),
}))
