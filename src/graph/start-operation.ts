/** What the mutations that begin an operation have in common. */
import type { OperationStarted } from '../writes/operations/start-operation.ts'
import { builder } from './builder.ts'
import { plannedQuery } from './drizzle-plan.ts'
import { AlreadyExistsRef, IdempotencyKeyReusedRef, InvalidInputRef, NotFoundRef } from './failures.ts'
import { Operation } from './operation.ts'
import { notesField, planField } from './write-result.ts'

const StartOperationSuccess = builder.objectRef<OperationStarted>('StartOperationSuccess').implement({
  description: 'The operation stands, and a worker takes it up.',
  fields: (t) => ({
    operation: t.field({
      type: Operation,
      nullable: true,
      description: 'As it stands now; null in a dry run.',
      resolve: ({ operationId }, _args, context, info) =>
        operationId === null
          ? null
          : context.drizzle.query.operations.findFirst(
              plannedQuery(context, info, 'Operation', undefined, { where: { id: operationId } }),
            ),
    }),
    plan: t.field({ ...planField, description: 'The requests that are going to change something.' }),
    notes: t.stringList(notesField),
    settled: t.boolean({
      description:
        'Whether the operation has ended; false while it waits or runs, so that its outcome is open. True in a dry run.',
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
  description: 'The operation, or why none was begun.',
  types: [StartOperationSuccess, InvalidInputRef, NotFoundRef, AlreadyExistsRef, IdempotencyKeyReusedRef],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'StartOperationSuccess'),
})

export const startFailures = ['InvalidInput', 'NotFound', 'AlreadyExists', 'IdempotencyKeyReused'] as const
