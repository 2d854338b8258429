import { GraphQLError } from 'graphql'
import { badInput } from '../core/user-input-error.ts'
import { builder } from '../builder.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import './mutation.ts'
import { Pull } from '../pull/pull.ts'
import { checkRight } from '../core/scopes.ts'
import { visibleTo } from '../core/tenant-visibility.ts'

builder.mutationField('resolveQuarantine', (t) =>
  t.drizzleField({
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
    resolve: async (query, _root, { pull, accept }, context) => {
      checkRight(context.viewer, 'admin')
      const id = numericKey(parseGlobalId(pull, ['Pull']))
      const found = await context.drizzle.query.pulls.findFirst({
        columns: { state: true },
        where: { id, ...visibleTo(context) },
      })
      if (!found) throw notFound()
      if (found.state !== 'QUARANTINED')
        throw badInput(`The pull is ${found.state}; expected a pull in the state QUARANTINED`)
      const outcome = await context.sync.resolveQuarantine(id, accept)
      if (outcome === 'NOT_FOUND') throw notFound()
      if (outcome === 'NOT_QUARANTINED')
        throw badInput('The pull is no longer QUARANTINED; another request resolved it at the same time')
      return context.drizzle.query.pulls.findFirst(query({ where: { id } }))
    },
  }),
)

function notFound(): GraphQLError {
  return new GraphQLError('No pull has this ID', { extensions: { code: 'NOT_FOUND' } })
}
