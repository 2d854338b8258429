import { builder } from '../builder.ts'
import { CreateUserInput } from '../mutations/create-user.ts'
import '../mutations/mutation.ts'
import { StartOperationResult, startFailures } from './start-operation.ts'
import { commonInput, write } from '../mutations/write-result.ts'

const OnboardingInput = builder.inputType('OnboardingInput', {
  description: 'Input for bulk onboarding.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    users: t.field({
      type: [CreateUserInput],
      required: true,
      description:
        'The users to create, at most 5,000. Set `organization`, `idempotencyKey` and `dryRun` on the input, not ' +
        'on individual users. Passwords are stored encrypted and erased after they have been sent.',
    }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
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
