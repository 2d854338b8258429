import { builder } from './builder.ts'
import { CreateUserInput } from './create-user.ts'
import './mutation.ts'
import { StartOperationResult, startFailures } from './start-operation.ts'
import { commonInput, write } from './write-result.ts'

const OnboardingInput = builder.inputType('OnboardingInput', {
  description: 'Users to be.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    users: t.field({
      type: [CreateUserInput],
      required: true,
      description:
        'Whom to create, 5,000 at most. The organization, the key and the dry run are said for the whole list. A password waits encrypted, and is erased once it was sent.',
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
      'Begin to create users and to put them into their groups. A user that cannot be created fails by itself. Needs the right to write.',
    args: { input: t.arg({ type: OnboardingInput, required: true, description: 'Whom to create.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.startOnboarding, startFailures),
  }),
)
