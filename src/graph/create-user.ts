import type { UserCreated } from '../writes/create-user.ts'
import { builder } from './builder.ts'
import { AlreadyExistsRef, commonFailures, DomainNotRegisteredRef, NotAsWrittenRef } from './failures.ts'
import './mutation.ts'
import { User, UserStatus, UserType, userById } from './user.ts'
import { commonFailureNames, commonInput, notesField, planField, settledField, write } from './write-result.ts'

export const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'A user to be. What is left out, or null, is not sent.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    primaryEmail: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The address that names the account. Its domain must be registered at the vendor.',
    }),
    firstName: t.string({ description: 'Not empty.' }),
    lastName: t.string({ description: 'Not empty.' }),
    type: t.field({ type: UserType, defaultValue: 'USER', description: 'What the account is to be.' }),
    password: t.string({ description: 'Sent to the vendor, and kept nowhere.' }),
    roles: t.stringList({ description: "The vendor's names, which the vendor checks." }),
    aliases: t.field({ type: ['EmailAddress'], description: 'Further addresses of the account.' }),
    groups: t.stringList({
      description:
        "The vendor's ids of groups to join once the account is there. Where one cannot be joined the answer is NotAsWritten.",
    }),
    mailboxSize: t.int({ description: 'In MB; 0 or more.' }),
    spamPolicy: t.field({ type: 'JSON', description: "An object in the vendor's own words." }),
    status: t.field({ type: UserStatus, description: 'Whether the vendor is to serve the account.' }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
  }),
})

const CreateUserSuccess = builder.objectRef<UserCreated>('CreateUserSuccess').implement({
  description: 'The vendor accepted the user; `settled` says whether it was found as it was sent.',
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'As the mirror has it now; null in a dry run, and while the vendor does not show the user.',
      resolve: ({ userId }, _args, context, info) => userById(context, info, userId),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const CreateUserResult = builder.unionType('CreateUserResult', {
  description: 'The new user, or why there is none as asked for.',
  types: [CreateUserSuccess, ...commonFailures, AlreadyExistsRef, DomainNotRegisteredRef, NotAsWrittenRef],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'CreateUserSuccess'),
})

const failures = [...commonFailureNames, 'AlreadyExists', 'DomainNotRegistered', 'NotAsWritten'] as const

builder.mutationField('createUser', (t) =>
  t.field({
    type: CreateUserResult,
    nullable: true,
    description: 'Create a user at the vendor. Needs the right to write.',
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'Whom to create.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.createUser, failures),
  }),
)
