import { builder } from '../builder.ts'
import './mutation.ts'
import { organizationArg } from '../organization/organization.ts'
import { organizationIdOf } from '../core/organization-id.ts'
import { Pull } from '../pull/pull.ts'
import { checkRight } from '../core/scopes.ts'

builder.mutationField('startPull', (t) =>
  t.drizzleField({
    type: Pull,
    nullable: true,
    description:
      'Start a complete pull now, or return the running one. A pull whose quarantine was accepted and whose ' +
      'deletions are being verified counts as running. Requires the `read` scope.',
    args: organizationArg,
    resolve: async (query, _root, { organization }, context) => {
      checkRight(context.viewer, 'read')
      const id = await context.sync.startPull(await organizationIdOf(context, organization))
      return context.drizzle.query.pulls.findFirst(query({ where: { id } }))
    },
  }),
)
