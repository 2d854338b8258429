import { builder } from './builder.ts'
import { knownOperation } from './known-operation.ts'
import './mutation.ts'
import { Operation } from './operation.ts'
import { checkRight } from './rights.ts'

builder.mutationField('retryOperation', (t) =>
  t.drizzleField({
    type: Operation,
    nullable: true,
    description:
      'Try its failed items once more, each from the step that it came to. Where none failed it stays as it is. Needs the right to write.',
    args: { id: t.arg.id({ required: true, description: 'The id of an operation.' }) },
    resolve: async (query, _root, { id }, context) => {
      checkRight(context.viewer, 'write')
      const key = await knownOperation(context, id)
      await context.writes.retryOperation(key)
      return context.drizzle.query.operations.findFirst(query({ where: { id: key } }))
    },
  }),
)
