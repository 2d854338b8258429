import { GraphQLError } from 'graphql'
import { badInput } from '../core/user-input-error.ts'
import { builder } from '../builder.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import './mutation.ts'
import { checkRight } from '../core/scopes.ts'
import { User } from '../user/user.ts'
import { visibleTo } from '../core/tenant-visibility.ts'

builder.mutationField('declareUserGone', (t) =>
  t.drizzleField({
    type: User,
    nullable: true,
    description:
      'Declare that a user has been deleted at the vendor. Allowed only for a user that the latest pulls could ' +
      "not resolve: missing from the list, while the vendor's answer to a read of the user neither shows the " +
      'user nor reports it as deleted. `mirror.problem` and `Pull.error` name such users. The user becomes a ' +
      'tombstone; no request is sent to the vendor. If the vendor shows the account later, it gets a new ID. ' +
      '`mirror.problem` is updated by the next pull. Fails with the code NOT_FOUND for an unknown user and ' +
      'with BAD_USER_INPUT for any other user. Requires the `admin` scope.',
    args: {
      user: t.arg.id({
        required: true,
        description: 'The global ID of a live user that the latest pulls could not resolve.',
      }),
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
      if (outcome === 'DELETED') throw badInput('The user is already deleted; expected a live user')
      if (outcome === 'NOT_PUT_OFF')
        throw badInput(
          'The latest pulls resolved the user; expected a user that they could not read. To delete a user that the ' +
            'vendor shows, use `deleteUser`',
        )
      return context.drizzle.query.users.findFirst(query({ where: { id } }))
    },
  }),
)

function notFound(): GraphQLError {
  return new GraphQLError('No user has this ID', { extensions: { code: 'NOT_FOUND' } })
}
