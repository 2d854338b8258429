import { ref } from '../../planner/read.ts'
import type { UserCreated } from '../../writes/commands/create-user.ts'
import { builder } from '../builder.ts'
import { commonFailures, typesOf } from '../core/failures.ts'
import { User, UserType } from '../user/user.ts'
import { allowUnknownRole, unknownRoles, writableInputFields } from './user-input.ts'
import { commonInput, notesField, planField, settledField, write } from './write-result.ts'

export const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'Input for creating a user. Omitted and null fields are not sent to the vendor.',
  fields: (t) => ({
    ...commonInput(t),
    primaryEmail: t.field({
      type: 'EmailAddress',
      required: true,
      description:
        'The primary address, which identifies the account at the vendor. Its domain must be registered with the ' +
        'vendor. At most 320 characters.',
    }),
    ...writableInputFields(t, false),
    type: t.field({ type: UserType, defaultValue: 'USER', description: 'The type of the account. Defaults to USER.' }),
    password: t.string({
      description:
        'The initial password, at most 1,000 characters. It is never logged, and is stored only (encrypted) while an ' +
        'onboarding waits to send it to the vendor.',
    }),
    roles: t.stringList({ description: `The vendor's role names, at most 1,000. ${unknownRoles}` }),
    allowUnknownRole: t.boolean(allowUnknownRole),
    aliases: t.field({ type: ['EmailAddress'], description: 'Additional addresses of the account. At most 1,000.' }),
    sendWelcomeEmail: t.boolean({
      defaultValue: false,
      description:
        'Whether the vendor sends a welcome message, if the organization has that switched on. Defaults to false. ' +
        'Requires the capability `accountKinds`.',
    }),
    groups: t.stringList({
      description:
        "The vendor's IDs of the groups to join after the account is created, at most 1,000. If a group cannot " +
        'be joined, the result is NotAsWritten.',
    }),
  }),
})

const CreateUserSuccess = builder.objectRef<UserCreated>('CreateUserSuccess').implement({
  description: 'The vendor accepted the user. `settled` tells whether the user was read back as sent.',
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user as it is in the mirror now. Null in a dry run, and until the vendor shows the user.',
      refs: ({ userId }) => (userId === null ? null : ref('User', userId)),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const failures = [...commonFailures, 'AlreadyExists', 'DomainNotRegistered', 'NotAsWritten'] as const

const CreateUserResult = builder.unionType('CreateUserResult', {
  description: 'The created user, or the reason why the request failed.',
  types: [CreateUserSuccess, ...typesOf(failures)],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'CreateUserSuccess'),
})

builder.mutationField('createUser', (t) =>
  t.field({
    type: CreateUserResult,
    nullable: true,
    description: 'Create a user at the vendor. Requires the `write` scope.',
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'The user to create.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.createUser, failures),
  }),
)
