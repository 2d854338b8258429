import type { UserUpdated } from '../writes/update-user.ts'
import { builder } from './builder.ts'
import { commonFailures, NotAsWrittenRef } from './failures.ts'
import './mutation.ts'
import { knownUser, User, UserStatus } from './user.ts'
import { commonFailureNames, commonInput, notesField, planField, settledField, write } from './write-result.ts'

const ListPatch = builder.inputType('ListPatch', {
  description: 'Either set, or add and remove.',
  fields: (t) => ({
    set: t.stringList({ description: 'All that the list is to hold.' }),
    add: t.stringList({ description: 'What it is to hold besides; what it holds already stays once.' }),
    remove: t.stringList({ description: 'What it is to hold no more.' }),
  }),
})

const UserPatch = builder.inputType('UserPatch', {
  description: 'Only what is named here changes; null is sent as null.',
  fields: (t) => ({
    firstName: t.string({ description: 'Not empty; null takes it away.' }),
    lastName: t.string({ description: 'Not empty; null takes it away.' }),
    password: t.string({ description: 'A new one. It cannot be read, nor taken away.' }),
    mailboxSize: t.int({ description: 'In MB; 0 or more.' }),
    spamPolicy: t.field({ type: 'JSON', description: 'Replaced whole.' }),
    status: t.field({ type: UserStatus, description: 'Whether the vendor is to serve the account.' }),
    roles: t.field({ type: ListPatch, description: "The vendor's names, which the vendor checks." }),
    aliases: t.field({ type: ListPatch, description: 'Addresses; compared without case.' }),
  }),
})

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'A change of one user.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    primaryEmail: t.field({ type: 'EmailAddress', required: true, description: 'The primary address, in any case.' }),
    set: t.field({
      type: UserPatch,
      required: true,
      description:
        "Only what is named here changes; null is sent as null. Lists compare as sets, addresses without case; spamPolicy is replaced whole; role names are the vendor's to check.",
    }),
    expectedUpdatedAt: t.field({
      type: 'DateTime',
      description: "Refuse where the vendor's copy is not the one that the caller saw.",
    }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
  }),
})

const UpdateUserSuccess = builder.objectRef<UserUpdated>('UpdateUserSuccess').implement({
  description: 'The vendor accepted the change; `settled` says whether it was found as it was sent.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'As the mirror has it now.',
      resolve: ({ userId }, _args, context, info) => knownUser(context, info, userId),
    }),
    changed: t.stringList({
      description:
        'The fields of User that became different, or would; password where one was given. Without updatedAt, which the vendor sets.',
      resolve: ({ changed }) => [...changed],
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const UpdateUserResult = builder.unionType('UpdateUserResult', {
  description: 'The user, or why it was not changed as asked for.',
  types: [UpdateUserSuccess, ...commonFailures, NotAsWrittenRef],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'UpdateUserSuccess'),
})

const failures = [...commonFailureNames, 'NotAsWritten'] as const

builder.mutationField('updateUser', (t) =>
  t.field({
    type: UpdateUserResult,
    nullable: true,
    description: 'Change some fields of a user, and no others. Needs the right to write.',
    args: { input: t.arg({ type: UpdateUserInput, required: true, description: 'Whom to change, and what.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.updateUser, failures),
  }),
)
