import { builder } from './builder.ts'
import './mutation.ts'
import { organizationArg } from './organization.ts'
import { organizationIdOf } from './organization-id.ts'
import { Pull } from './pull.ts'
import { checkRight } from './rights.ts'

builder.mutationField('startPull', (t) =>
  t.drizzleField({
    type: Pull,
    nullable: true,
    description:
      'Begin a complete pull now, or join the one that is under way: also one whose quarantine was accepted, and whose deletions are being verified.',
    args: organizationArg,
    resolve: async (query, _root, { organization }, context) => {
      checkRight(context.viewer, 'read')
      const id = await context.sync.startPull(await organizationIdOf(context, organization))
      return context.drizzle.query.pulls.findFirst(query({ where: { id } }))
    },
  }),
)
