import { eq } from 'drizzle-orm'
import { operations } from '../../db/schema/tables.ts'
import type { OperationStarted } from '../../operations/start/start-operation.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { typesOf } from '../core/failures.ts'
import { requireScope } from '../core/scopes.ts'
import { knownOperation, Operation } from '../operation/operation.ts'
import { CreateUserInput } from './create-user.ts'
import { allowUnknownRole } from './user-input.ts'
import { commonInput, notesField, planField, write } from './write-result.ts'

/** The parts that all mutations share that start an operation. */

const StartOperationSuccess = builder.objectRef<OperationStarted>('StartOperationSuccess').implement({
  description: 'The operation was created; a worker will run it.',
  fields: (t) => ({
    operation: t.field({
      type: Operation,
      nullable: true,
      description: 'The operation as it is now. Null in a dry run.',
      refs: ({ operationId }) => (operationId === null ? null : ref('Operation', operationId)),
    }),
    plan: t.field({ ...planField, description: 'The requests that will change something at the vendor.' }),
    notes: t.stringList(notesField),
    settled: t.boolean({
      description:
        'Whether the operation has finished. False while it is waiting or running, when its result is unknown. ' +
        'True in a dry run.',
      resolve: async ({ operationId }, _args, context) => {
        if (operationId === null) return true
        const [operation] = await context
          .drizzle()
          .select({ finishedAt: operations.finishedAt })
          .from(operations)
          .where(eq(operations.id, operationId))
        return operation?.finishedAt != null
      },
    }),
  }),
})

const startFailures = ['InvalidInput', 'NotFound', 'AlreadyExists', 'IdempotencyKeyReused'] as const

const StartOperationResult = builder.unionType('StartOperationResult', {
  description: 'The operation, or the reason why it was not started.',
  types: [StartOperationSuccess, ...typesOf(startFailures)],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'StartOperationSuccess'),
})

const OnboardingInput = builder.inputType('OnboardingInput', {
  description: 'Input for bulk onboarding.',
  fields: (t) => ({
    ...commonInput(t),
    users: t.field({
      type: [CreateUserInput],
      required: true,
      description:
        'The users to create, at most 5,000. Set `organization`, `idempotencyKey` and `dryRun` on the input, not ' +
        'on individual users. Passwords are stored encrypted and erased after they have been sent.',
    }),
    allowUnknownRole: t.boolean({
      ...allowUnknownRole,
      description: `${allowUnknownRole.description} Applies to all users; it can also be set on individual users.`,
    }),
  }),
})

builder.mutationField('startOnboarding', (t) =>
  t.field({
    type: StartOperationResult,
    nullable: true,
    description:
      'Start an operation that creates users and adds them to their groups. A user that cannot be created does ' +
      'not affect the others. Requires the `write` scope.',
    args: { input: t.arg({ type: OnboardingInput, required: true, description: 'The users to create.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startOnboarding, startFailures),
  }),
)

const DeprovisioningMode = builder.enumType('DeprovisioningMode', {
  description: 'What happens to the accounts.',
  values: {
    DELETE: { description: 'Delete the accounts with their aliases. This cannot be undone.' },
    FUNCTIONAL: {
      description:
        'Make the accounts functional ones: mail still arrives, sign-in ends, and the vendor does not bill them. ' +
        'An account is exempted from the directory sync first. `reinstateUser` is the way back. Requires the ' +
        'capability `accountKinds`.',
    },
    DEACTIVATE: {
      description: 'Remove the users from their groups and set the status to INACTIVE. Accounts and aliases are kept.',
    },
  },
})

const DeprovisioningInput = builder.inputType('DeprovisioningInput', {
  description: 'Input for bulk deprovisioning.',
  fields: (t) => ({
    ...commonInput(t),
    primaryEmails: t.field({
      type: ['EmailAddress'],
      required: true,
      description: 'The primary addresses of the users. Case-insensitive; at most 5,000.',
    }),
    mode: t.field({
      type: DeprovisioningMode,
      description:
        'What happens to the accounts. Defaults to FUNCTIONAL with the capability `accountKinds`. Required without ' +
        'it: the result is InvalidInput.',
    }),
  }),
})

builder.mutationField('startDeprovisioning', (t) =>
  t.field({
    type: StartOperationResult,
    nullable: true,
    description:
      'Start an operation that removes users from their groups, and deletes or deactivates them or makes them ' +
      'functional accounts. Requires the `write` scope.',
    args: { input: t.arg({ type: DeprovisioningInput, required: true, description: 'The users to deprovision.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startDeprovisioning, startFailures),
  }),
)

const EmailChangeInput = builder.inputType('EmailChangeInput', {
  description: "Input for changing a user's primary address.",
  fields: (t) => ({
    ...commonInput(t),
    from: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The current primary address. Case-insensitive.',
    }),
    to: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The new primary address. It must not be in use, not even as an alias.',
    }),
    temporaryPassword: t.string({
      description:
        'The password of the new account; the old one cannot be transferred. It is stored encrypted, and only ' +
        'while it may be needed.',
    }),
    keepOldAddressAsAlias: t.boolean({
      defaultValue: false,
      description: 'Whether the old address becomes an alias of the new account.',
    }),
  }),
})

builder.mutationField('startEmailChange', (t) =>
  t.field({
    type: StartOperationResult,
    nullable: true,
    description:
      "Start an operation that changes a user's primary address by replacing the account with a new one. If a " +
      'step fails before the old account is deleted, the new account is removed again, unless that could leave ' +
      'the user without an account. Requires the `write` scope.',
    args: { input: t.arg({ type: EmailChangeInput, required: true, description: 'The user and the new address.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startEmailChange, startFailures),
  }),
)

builder.mutationField('retryOperation', (t) =>
  t.field({
    type: Operation,
    nullable: true,
    description:
      'Retry the failed items of an operation, each from the step that it had reached. An operation without ' +
      'failed items is returned unchanged. Fails with the code NOT_FOUND if the operation does not exist. ' +
      'Requires the `write` scope.',
    args: { id: t.arg.id({ required: true, description: 'The global ID of the operation.' }) },
    refs: async (_root, { id }, context) => {
      requireScope(context.viewer, 'write')
      const key = await knownOperation(context, id)
      await context.writes.retryOperation(key)
      return ref('Operation', key)
    },
  }),
)

builder.mutationField('cancelOperation', (t) =>
  t.field({
    type: Operation,
    nullable: true,
    description:
      'Cancel an operation. Items that have not started are skipped; items that are running are completed. An ' +
      'operation that has finished is returned unchanged. Fails with the code NOT_FOUND if the operation does ' +
      'not exist. Requires the `write` scope.',
    args: { id: t.arg.id({ required: true, description: 'The global ID of the operation.' }) },
    refs: async (_root, { id }, context) => {
      requireScope(context.viewer, 'write')
      const key = await knownOperation(context, id)
      await context.writes.cancelOperation(key)
      return ref('Operation', key)
    },
  }),
)
