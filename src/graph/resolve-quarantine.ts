import { GraphQLError } from 'graphql'
import { badInput } from './bad-input.ts'
import { builder } from './builder.ts'
import { numericKey, parseGlobalId } from './global-id.ts'
import './mutation.ts'
import { Pull } from './pull.ts'
import { checkRight } from './rights.ts'
import { visibleTo } from './visible.ts'

builder.mutationField('resolveQuarantine', (t) =>
  t.drizzleField({
    type: Pull,
    nullable: true,
    description:
      "Let a quarantined pull's deletions through (it is RUNNING again until they are verified and done; while another pull is under way it stays QUARANTINED until that one's end), or throw them away. Needs the right to administer.",
    args: {
      pull: t.arg.id({ required: true, description: 'The id of a pull that is QUARANTINED.' }),
      accept: t.arg.boolean({ required: true, description: 'Whether what it did not see may be deleted.' }),
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
        throw badInput(`The pull is ${found.state}: nothing of it waits for a decision`)
      const outcome = await context.sync.resolveQuarantine(id, accept)
      if (outcome === 'NOT_FOUND') throw notFound()
      if (outcome === 'NOT_QUARANTINED')
        throw badInput('The pull is QUARANTINED no more: it was decided at the same time')
      return context.drizzle.query.pulls.findFirst(query({ where: { id } }))
    },
  }),
)

function notFound(): GraphQLError {
  return new GraphQLError('There is no pull with this id', { extensions: { code: 'NOT_FOUND' } })
}
