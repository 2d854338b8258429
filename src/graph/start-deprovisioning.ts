import { builder } from './builder.ts'
import './mutation.ts'
import { StartOperationResult, startFailures } from './start-operation.ts'
import { commonInput, write } from './write-result.ts'

const DeprovisioningMode = builder.enumType('DeprovisioningMode', {
  description: 'What becomes of the accounts.',
  values: {
    DELETE: { description: 'They are deleted for good, aliases with them.' },
    DEACTIVATE: { description: 'Groups are left and the status is inactive; account and aliases are kept.' },
  },
})

const DeprovisioningInput = builder.inputType('DeprovisioningInput', {
  description: 'Users who are to go.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    primaryEmails: t.field({
      type: ['EmailAddress'],
      required: true,
      description: 'Their primary addresses, in any case; 5,000 at most.',
    }),
    mode: t.field({ type: DeprovisioningMode, defaultValue: 'DELETE', description: 'What becomes of the accounts.' }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
  }),
})

builder.mutationField('startDeprovisioning', (t) =>
  t.field({
    type: StartOperationResult,
    nullable: true,
    description: 'Begin to take users out of their groups, and to delete or deactivate them. Needs the right to write.',
    args: { input: t.arg({ type: DeprovisioningInput, required: true, description: 'Who is to go.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startDeprovisioning, startFailures),
  }),
)
