import { builder } from '../builder.ts'
import { type Failed, invalidInput, typesOf } from '../core/failures.ts'
import { requiresScope } from '../core/field-policy.ts'
import { organizationIdOf } from '../core/organization-argument.ts'
import { requireScope } from '../core/scopes.ts'
import { issueOf, organizationInput } from '../mutations/write-result.ts'

const longestHours = 24
const hourMs = 3_600_000

const LiftScimGuardInput = builder.inputType('LiftScimGuardInput', {
  description: 'Input for lifting the guard against mass removals by SCIM.',
  fields: (t) => ({
    organization: t.string(organizationInput),
    until: t.field({
      type: 'DateTime',
      required: true,
      description: `When the guard protects again. At most ${longestHours} hours from now; a time that has passed restores it now.`,
    }),
  }),
})

const LiftScimGuardSuccess = builder.objectRef<{ readonly until: string }>('LiftScimGuardSuccess').implement({
  description: 'The guard is lifted, or restored.',
  fields: (t) => ({
    until: t.field({ type: 'DateTime', description: 'When the guard protects again.', resolve: ({ until }) => until }),
  }),
})

const LiftScimGuardResult = builder.unionType('LiftScimGuardResult', {
  description: 'Until when the guard is lifted, or the reason why the request failed.',
  types: [LiftScimGuardSuccess, ...typesOf(['InvalidInput'])],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'LiftScimGuardSuccess'),
})

builder.mutationField('liftScimGuard', (t) =>
  t.field({
    type: LiftScimGuardResult,
    nullable: true,
    description:
      'Allow identity providers to turn off and delete any number of users of an organization by SCIM for a while. ' +
      'Otherwise requests beyond a tenth of the users in an hour are refused (the finding SCIM_MASS_REMOVAL). Requires ' +
      'the `admin` scope.',
    extensions: requiresScope('admin'),
    args: {
      input: t.arg({ type: LiftScimGuardInput, required: true, description: 'The organization and the time.' }),
    },
    resolve: async (_root, { input: { organization, until } }, context) => {
      requireScope(context.viewer, 'admin')
      const problem = problemOf(Date.parse(until) - Date.now())
      if (problem) return problem
      const organizationId = await organizationIdOf(context, organization).catch(issueOf)
      if (typeof organizationId !== 'number') return organizationId
      await context.liftScimGuard({ organizationId, until, actor: context.viewer.name })
      return { until }
    },
  }),
)

function problemOf(aheadMs: number): Failed<'InvalidInput'> | undefined {
  if (aheadMs <= longestHours * hourMs) return undefined
  return invalidInput(['until'], `until must be within ${longestHours} hours from now`)
}
