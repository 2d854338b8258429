import { GraphQLError } from 'graphql'
import { badInput } from './bad-input.ts'
import { builder } from './builder.ts'
import { numericKey, parseGlobalId } from './global-id.ts'
import './mutation.ts'
import { checkRight } from './rights.ts'
import { User } from './user.ts'
import { visibleTo } from './visible.ts'

builder.mutationField('declareUserGone', (t) =>
  t.drizzleField({
    type: User,
    nullable: true,
    description:
      'Declare that a user is deleted at the vendor. Only for a user that pulls have put off: missing from the list, while the answer to its own read says neither that it exists nor that it is gone (`mirror.problem` and `pulls.error` name such users). The user becomes a tombstone; the vendor is not asked. If the vendor shows the account later, it gets a new id. `mirror.problem` is up to date after the next pull. Needs the right to administer.',
    args: {
      user: t.arg.id({ required: true, description: 'The id of a live user that pulls have put off.' }),
    },
    resolve: async (query, _root, { user }, context) => {
      checkRight(context.viewer, 'admin')
      const id = numericKey(parseGlobalId(user, ['User']))
      const found = await context.drizzle.query.users.findFirst({
        columns: { id: true },
        where: { id, ...visibleTo(context) },
      })
      if (!found) throw notFound()
      const outcome = await context.sync.declareGone(id, context.viewer.name)
      if (outcome === 'NOT_FOUND') throw notFound()
      if (outcome === 'DELETED') throw badInput('The user is deleted already; expected a live user')
      if (outcome === 'NOT_PUT_OFF')
        throw badInput(
          'The user is not put off; expected one that the latest pulls could not read. A user that the vendor shows can be deleted by `deleteUser`',
        )
      return context.drizzle.query.users.findFirst(query({ where: { id } }))
    },
  }),
)

function notFound(): GraphQLError {
  return new GraphQLError('There is no user with this id', { extensions: { code: 'NOT_FOUND' } })
}
