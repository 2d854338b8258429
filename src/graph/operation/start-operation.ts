/** The parts that all mutations share that start an operation. */
import type { OperationStarted } from '../../operations/start/start-operation.ts'
import { builder } from '../builder.ts'
import { plannedQuery } from '../pagination/drizzle-plan.ts'
import { AlreadyExistsRef, IdempotencyKeyReusedRef, InvalidInputRef, NotFoundRef } from '../core/failures.ts'
import { Operation } from './operation.ts'
import { notesField, planField } from '../mutations/write-result.ts'

const StartOperationSuccess = builder.objectRef<OperationStarted>('StartOperationSuccess').implement({
  description: 'The operation was created; a worker will run it.',
  fields: (t) => ({
    operation: t.field({
      type: Operation,
      nullable: true,
      description: 'The operation as it is now. Null in a dry run.',
      resolve: ({ operationId }, _args, context, info) =>
        operationId === null
          ? null
          : context.drizzle.query.operations.findFirst(
              plannedQuery(context, info, 'Operation', undefined, { where: { id: operationId } }),
            ),
    }),
    plan: t.field({ ...planField, description: 'The requests that will change something at the vendor.' }),
    notes: t.stringList(notesField),
    settled: t.boolean({
      description:
        'Whether the operation has finished. False while it is waiting or running, when its result is unknown. ' +
        'True in a dry run.',
      resolve: async ({ operationId }, _args, context) => {
        if (operationId === null) return true
        const operation = await context.drizzle.query.operations.findFirst({
          columns: { finishedAt: true },
          where: { id: operationId },
        })
        return operation?.finishedAt != null
      },
    }),
  }),
})

export const StartOperationResult = builder.unionType('StartOperationResult', {
  description: 'The operation, or the reason why it was not started.',
  types: [StartOperationSuccess, InvalidInputRef, NotFoundRef, AlreadyExistsRef, IdempotencyKeyReusedRef],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'StartOperationSuccess'),
})

export const startFailures = ['InvalidInput', 'NotFound', 'AlreadyExists', 'IdempotencyKeyReused'] as const
