import { builder } from '../builder.ts'
import { knownOperation } from './load-operation.ts'
import '../mutations/mutation.ts'
import { Operation } from './operation.ts'
import { checkRight } from '../core/scopes.ts'

builder.mutationField('retryOperation', (t) =>
  t.drizzleField({
    type: Operation,
    nullable: true,
    description:
      'Retry the failed items of an operation, each from the step that it had reached. An operation without ' +
      'failed items is returned unchanged. Fails with the code NOT_FOUND if the operation does not exist. ' +
      'Requires the `write` scope.',
    args: { id: t.arg.id({ required: true, description: 'The global ID of the operation.' }) },
    resolve: async (query, _root, { id }, context) => {
      checkRight(context.viewer, 'write')
      const key = await knownOperation(context, id)
      await context.writes.retryOperation(key)
      return context.drizzle.query.operations.findFirst(query({ where: { id: key } }))
    },
  }),
)
