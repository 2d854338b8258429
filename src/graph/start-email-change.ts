import { builder } from './builder.ts'
import './mutation.ts'
import { StartOperationResult, startFailures } from './start-operation.ts'
import { commonInput, write } from './write-result.ts'

const EmailChangeInput = builder.inputType('EmailChangeInput', {
  description: 'A user and its new primary address.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    from: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The primary address that it has, in any case.',
    }),
    to: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The primary address that it is to have; nobody may bear it yet, not even as an alias.',
    }),
    temporaryPassword: t.string({
      description:
        'The password of the new account: the old one cannot be carried over. Kept encrypted, and only as long as it may be needed.',
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
      "Begin to give a user another primary address: a new account takes the old one's place. What fails before the old one is deleted takes the new one back. Needs the right to write.",
    args: { input: t.arg({ type: EmailChangeInput, required: true, description: 'Whom, and to which address.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startEmailChange, startFailures),
  }),
)
