import { ref } from '../../planner/read.ts'
import type { RefreshOutcome } from '../../sync/point-read/refresh-user.ts'
import { builder } from '../builder.ts'
import { type Failed, typesOf } from '../core/failures.ts'
import { requiresScope } from '../core/field-policy.ts'
import { organizationIdOf } from '../core/organization-argument.ts'
import { requireScope } from '../core/scopes.ts'
import { User } from '../user/user.ts'
import { issueOf, organizationInput, targetEmail } from './write-result.ts'

interface RefreshUserSuccess {
  readonly __typename: 'RefreshUserSuccess'
  readonly userId: number
  readonly changed: readonly string[]
}

const failures = ['InvalidInput', 'NotFound', 'BudgetExhausted', 'VendorFailure'] as const

type RefreshUserResult = RefreshUserSuccess | Failed<(typeof failures)[number]>

const UserRefInput = builder.inputType('UserRefInput', {
  description: 'Identifies a user at the vendor.',
  fields: (t) => ({
    organization: t.string(organizationInput),
    primaryEmail: t.field(targetEmail),
  }),
})

const RefreshUserSuccessRef = builder.objectRef<RefreshUserSuccess>('RefreshUserSuccess').implement({
  description: 'The user was read from the vendor, and the mirror is up to date with the response.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user as it is in the mirror now.',
      refs: ({ userId }) => ref('User', userId),
    }),
    changed: t.stringList({
      description:
        'The fields of User that changed. For a user that was not in the mirror before, all fields with a value.',
      resolve: ({ changed }) => [...changed],
    }),
  }),
})

const RefreshUserResultRef = builder.unionType('RefreshUserResult', {
  description: 'The user, or the reason why it could not be read.',
  types: [RefreshUserSuccessRef, ...typesOf(failures)],
  resolveType: ({ __typename }) => __typename,
})

builder.mutationField('refreshUser', (t) =>
  t.field({
    extensions: requiresScope('read'),
    type: RefreshUserResultRef,
    nullable: true,
    description:
      'Read a user from the vendor now. Concurrent refreshes of the same user share one request. Each caller ' +
      'may use only a share of the request allowance; beyond it, the result is BudgetExhausted. Requires the ' +
      '`read` scope.',
    args: { input: t.arg({ type: UserRefInput, required: true, description: 'The user to read.' }) },
    resolve: async (_root, { input }, context): Promise<RefreshUserResult> => {
      requireScope(context.viewer, 'read')
      const { primaryEmail } = input
      const organizationId = await organizationIdOf(context, input.organization).catch(issueOf)
      if (typeof organizationId !== 'number') return organizationId
      const { name: actor } = context.viewer
      const outcome = await context.sync.refreshUser({ organizationId, primaryEmail, actor, signal: context.signal })
      return resultOf(outcome, primaryEmail)
    },
  }),
)

function resultOf(outcome: RefreshOutcome, primaryEmail: string): RefreshUserResult {
  switch (outcome.outcome) {
    case 'READ':
      return { __typename: 'RefreshUserSuccess', userId: outcome.userId, changed: outcome.changed }
    case 'NOT_FOUND':
      return { __typename: 'NotFound', message: `The vendor has no user ${primaryEmail}` }
    case 'BUDGET_EXHAUSTED':
      return {
        __typename: 'BudgetExhausted',
        message: `${outcome.problem} until ${outcome.retryAt}`,
        retryAt: outcome.retryAt,
      }
    case 'VENDOR_FAILURE':
      return {
        __typename: 'VendorFailure',
        message: outcome.message,
        status: outcome.status,
        // A read changes nothing at the vendor.
        outcomeUnknown: false,
      }
  }
}
