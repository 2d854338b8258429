import { builder } from '../builder.ts'
import '../mutations/mutation.ts'
import { StartOperationResult, startFailures } from './start-operation.ts'
import { commonInput, write } from '../mutations/write-result.ts'

const EmailChangeInput = builder.inputType('EmailChangeInput', {
  description: "Input for changing a user's primary address.",
  fields: (t) => ({
    organization: t.string(commonInput.organization),
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
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
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
