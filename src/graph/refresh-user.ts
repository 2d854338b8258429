import { GraphQLError } from 'graphql'
import type { RefreshOutcome } from '../sync/refresh-user.ts'
import { builder } from './builder.ts'
import {
  type BudgetExhausted,
  BudgetExhaustedRef,
  type InvalidInput,
  InvalidInputRef,
  invalidInput,
  type NotFound,
  NotFoundRef,
  type VendorFailure,
  VendorFailureRef,
} from './failures.ts'
import './mutation.ts'
import { organizationIdOf } from './organization-id.ts'
import { checkRight } from './rights.ts'
import { User } from './user.ts'

interface RefreshUserSuccess {
  readonly __typename: 'RefreshUserSuccess'
  readonly userId: number
  readonly changed: readonly string[]
}

type RefreshUserResult = RefreshUserSuccess | InvalidInput | NotFound | BudgetExhausted | VendorFailure

const UserRefInput = builder.inputType('UserRefInput', {
  description: 'Names one user at the vendor.',
  fields: (t) => ({
    organization: t.string({
      description: "The organization's slug. May be left out where there is only one for the caller.",
    }),
    primaryEmail: t.field({ type: 'EmailAddress', required: true, description: 'The primary address, in any case.' }),
  }),
})

const RefreshUserSuccessRef = builder.objectRef<RefreshUserSuccess>('RefreshUserSuccess').implement({
  description: 'The user was read, and the mirror has what was read.',
  fields: (t) => ({
    user: t.drizzleField({
      type: User,
      description: 'As the mirror has it now.',
      resolve: async (query, { userId }, _args, context) => {
        const user = await context.drizzle.query.users.findFirst(query({ where: { id: userId } }))
        if (!user) throw new Error(`User ${userId} was read, and is not in the mirror`)
        return user
      },
    }),
    changed: t.stringList({
      description: 'The fields of User that became different; all that it has, for a user who was not mirrored before.',
      resolve: ({ changed }) => [...changed],
    }),
  }),
})

const RefreshUserResultRef = builder.unionType('RefreshUserResult', {
  description: 'The user, or why it was not read.',
  types: [RefreshUserSuccessRef, InvalidInputRef, NotFoundRef, BudgetExhaustedRef, VendorFailureRef],
  resolveType: ({ __typename }) => __typename,
})

builder.mutationField('refreshUser', (t) =>
  t.field({
    type: RefreshUserResultRef,
    nullable: true,
    description:
      'Read one user from the vendor now; needs only the right to read. Concurrent refreshes of the same user share one request, and a caller may use only a share of the allowance: beyond it, `BudgetExhausted`.',
    args: { input: t.arg({ type: UserRefInput, required: true, description: 'Whom to read.' }) },
    resolve: async (_root, { input }, context): Promise<RefreshUserResult> => {
      checkRight(context.viewer, 'read')
      const { primaryEmail } = input
      const organizationId = await organizationIdOf(context, input.organization).catch(issueOf)
      if (typeof organizationId !== 'number') return organizationId
      const { name: actor } = context.viewer
      const outcome = await context.sync.refreshUser({ organizationId, primaryEmail, actor, signal: context.signal })
      return resultOf(outcome, primaryEmail)
    },
  }),
)

/** A slug that names nothing is the input's fault; anything else is thrown on. */
function issueOf(error: unknown): InvalidInput {
  if (error instanceof GraphQLError) return invalidInput(['organization'], error.message)
  throw error
}

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
        // Reading changes nothing at the vendor.
        outcomeUnknown: false,
      }
  }
}
