import { and, eq } from 'drizzle-orm'
import { GraphQLError } from 'graphql'
import { pulls, users } from '../../db/schema/tables.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { requiresScope } from '../core/field-policy.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { organizationIdOf } from '../core/organization-argument.ts'
import { requireScope } from '../core/scopes.ts'
import { isOfVisible } from '../core/tenant-visibility.ts'
import { userInputError } from '../core/user-input-error.ts'
import { organizationArg } from '../organization/organization.ts'
import { Pull } from '../pull/pull.ts'
import { User } from '../user/user.ts'

builder.mutationField('startPull', (t) =>
  t.field({
    extensions: requiresScope('read'),
    type: Pull,
    nullable: true,
    description:
      'Start a complete pull now, or return the running one. A pull whose quarantine was accepted and whose ' +
      'deletions are being verified counts as running. Requires the `read` scope.',
    args: organizationArg,
    refs: async (_root, { organization }, context) => {
      requireScope(context.viewer, 'read')
      return ref('Pull', await context.sync.startPull(await organizationIdOf(context, organization)))
    },
  }),
)

builder.mutationField('resolveQuarantine', (t) =>
  t.field({
    extensions: requiresScope('admin'),
    type: Pull,
    nullable: true,
    description:
      'Accept or reject the deletions of a quarantined pull. If they are accepted, the pull is RUNNING again ' +
      'until the deletions have been verified and applied; while another pull is running, it remains ' +
      'QUARANTINED until that pull ends. If they are rejected, the pull is DISCARDED. Fails with the code ' +
      'NOT_FOUND for an unknown pull and with BAD_USER_INPUT for a pull that is not quarantined. Requires the ' +
      '`admin` scope.',
    args: {
      pull: t.arg.id({ required: true, description: 'The global ID of a pull in the state QUARANTINED.' }),
      accept: t.arg.boolean({
        required: true,
        description: 'Whether to apply the deletions of users that the pull did not find.',
      }),
    },
    refs: async (_root, { pull, accept }, context) => {
      requireScope(context.viewer, 'admin')
      const id = numericKey(parseGlobalId(pull, ['Pull']))
      const [found] = await context
        .drizzle()
        .select({ state: pulls.state })
        .from(pulls)
        .where(and(eq(pulls.id, id), isOfVisible(context, pulls.organizationId)))
      if (!found) throw notFound('pull')
      if (found.state !== 'QUARANTINED')
        throw userInputError(`The pull is ${found.state}; expected a pull in the state QUARANTINED`)
      const outcome = await context.sync.resolveQuarantine(id, accept)
      if (outcome === 'NOT_FOUND') throw notFound('pull')
      if (outcome === 'NOT_QUARANTINED')
        throw userInputError('The pull is no longer QUARANTINED; another request resolved it at the same time')
      return ref('Pull', id)
    },
  }),
)

builder.mutationField('declareUserGone', (t) =>
  t.field({
    extensions: requiresScope('admin'),
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
    refs: async (_root, { user }, context) => {
      requireScope(context.viewer, 'admin')
      const id = numericKey(parseGlobalId(user, ['User']))
      const [found] = await context
        .drizzle()
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.id, id), isOfVisible(context, users.organizationId)))
      if (!found) throw notFound('user')
      const outcome = await context.sync.declareGone(id, context.viewer.name)
      if (outcome === 'NOT_FOUND') throw notFound('user')
      if (outcome === 'DELETED') throw userInputError('The user is already deleted; expected a live user')
      if (outcome === 'NOT_PUT_OFF')
        throw userInputError(
          'The latest pulls resolved the user; expected a user that they could not read. To delete a user that the ' +
            'vendor shows, use `deleteUser`',
        )
      return ref('User', id)
    },
  }),
)

function notFound(what: 'pull' | 'user'): GraphQLError {
  return new GraphQLError(`No ${what} has this ID`, { extensions: { code: 'NOT_FOUND' } })
}
