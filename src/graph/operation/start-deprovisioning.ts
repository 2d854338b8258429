import { builder } from '../builder.ts'
import '../mutations/mutation.ts'
import { StartOperationResult, startFailures } from './start-operation.ts'
import { commonInput, write } from '../mutations/write-result.ts'

const DeprovisioningMode = builder.enumType('DeprovisioningMode', {
  description: 'What happens to the accounts.',
  values: {
    DELETE: { description: 'Delete the accounts with their aliases. This cannot be undone.' },
    DEACTIVATE: {
      description: 'Remove the users from their groups and set the status to INACTIVE. Accounts and aliases are kept.',
    },
  },
})

const DeprovisioningInput = builder.inputType('DeprovisioningInput', {
  description: 'Input for bulk deprovisioning.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    primaryEmails: t.field({
      type: ['EmailAddress'],
      required: true,
      description: 'The primary addresses of the users. Case-insensitive; at most 5,000.',
    }),
    mode: t.field({
      type: DeprovisioningMode,
      defaultValue: 'DELETE',
      description: 'What happens to the accounts. Defaults to DELETE.',
    }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
  }),
})

builder.mutationField('startDeprovisioning', (t) =>
  t.field({
    type: StartOperationResult,
    nullable: true,
    description:
      'Start an operation that removes users from their groups and deletes or deactivates them. Requires the ' +
      '`write` scope.',
    args: { input: t.arg({ type: DeprovisioningInput, required: true, description: 'The users to deprovision.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startDeprovisioning, startFailures),
  }),
)
