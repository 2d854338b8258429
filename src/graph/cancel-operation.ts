import { builder } from './builder.ts'
import { knownOperation } from './known-operation.ts'
import './mutation.ts'
import { Operation } from './operation.ts'
import { checkRight } from './rights.ts'

builder.mutationField('cancelOperation', (t) =>
  t.drizzleField({
    type: Operation,
    nullable: true,
    description:
      'Skip the items that have not begun; those under way are brought to their end. One that has ended stays as it is. Needs the right to write.',
    args: { id: t.arg.id({ required: true, description: 'The id of an operation.' }) },
    resolve: async (query, _root, { id }, context) => {
      checkRight(context.viewer, 'write')
      const key = await knownOperation(context, id)
      await context.writes.cancelOperation(key)
      return context.drizzle.query.operations.findFirst(query({ where: { id: key } }))
    },
  }),
)
