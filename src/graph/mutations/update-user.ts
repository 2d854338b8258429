import { ref } from '../../planner/read.ts'
import type { UserUpdated } from '../../writes/commands/update-user.ts'
import { builder } from '../builder.ts'
import { commonFailures, typesOf } from '../core/failures.ts'
import { User } from '../user/user.ts'
import { allowUnknownRole, unknownRoles, writableInputFields } from './user-input.ts'
import { commonInput, notesField, planField, settledField, targetEmail, write } from './write-result.ts'

export const ListPatch = builder.inputType('ListPatch', {
  description: 'Changes to a list. Either `set`, or `add` and `remove`. Each list may have at most 1,000 entries.',
  fields: (t) => ({
    set: t.stringList({ description: 'The complete new list.' }),
    add: t.stringList({ description: 'Entries to add. Existing entries are not duplicated.' }),
    remove: t.stringList({ description: 'Entries to remove.' }),
  }),
})

const UserPatch = builder.inputType('UserPatch', {
  description: 'The fields to change. Omitted fields are not changed; null is sent as null.',
  fields: (t) => ({
    ...writableInputFields(t, true),
    password: t.string({ description: 'A new password, at most 1,000 characters. It cannot be read or removed.' }),
    roles: t.field({ type: ListPatch, description: `The vendor's role names. ${unknownRoles}` }),
    aliases: t.field({
      type: ListPatch,
      description: 'The aliases of the account. Addresses are compared without case.',
    }),
  }),
})

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'Input for updating a user.',
  fields: (t) => ({
    ...commonInput(t),
    primaryEmail: t.field(targetEmail),
    set: t.field({
      type: UserPatch,
      required: true,
      description:
        'The fields to change. Omitted fields are not changed; null is sent as null. Lists are compared as sets, ' +
        'addresses without case. `spamPolicy` is replaced as a whole.',
    }),
    allowUnknownRole: t.boolean(allowUnknownRole),
    expectedUpdatedAt: t.field({
      type: 'DateTime',
      description: "Reject the update with Conflict unless the vendor's `updatedAt` has this value.",
    }),
  }),
})

const UpdateUserSuccess = builder.objectRef<UserUpdated>('UpdateUserSuccess').implement({
  description: 'The vendor accepted the change. `settled` tells whether the user was read back as sent.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user as it is in the mirror now.',
      refs: ({ userId }) => ref('User', userId),
    }),
    changed: t.stringList({
      description:
        'The fields of User that changed, or would change in a dry run. Includes `password` if one was given. ' +
        'Excludes `updatedAt`, which the vendor sets.',
      resolve: ({ changed }) => [...changed],
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const failures = [...commonFailures, 'NotAsWritten'] as const

const UpdateUserResult = builder.unionType('UpdateUserResult', {
  description: 'The updated user, or the reason why the request failed.',
  types: [UpdateUserSuccess, ...typesOf(failures)],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'UpdateUserSuccess'),
})

builder.mutationField('updateUser', (t) =>
  t.field({
    type: UpdateUserResult,
    nullable: true,
    description: 'Update the given fields of a user. Other fields are not changed. Requires the `write` scope.',
    args: { input: t.arg({ type: UpdateUserInput, required: true, description: 'The user and the changes.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.updateUser, failures),
  }),
)

const ReinstateUserInput = builder.inputType('ReinstateUserInput', {
  description: 'Input for reinstating a user.',
  fields: (t) => ({
    ...commonInput(t),
    primaryEmail: t.field(targetEmail),
  }),
})

builder.mutationField('reinstateUser', (t) =>
  t.field({
    type: UpdateUserResult,
    nullable: true,
    description:
      'Give a functional account the role back that it had before a deprovisioning. An account that was made ' +
      'again since is not changed. Requires the `write` scope, and the `admin` scope if the role administers ' +
      'something. Requires the capability `accountKinds`.',
    args: { input: t.arg({ type: ReinstateUserInput, required: true, description: 'The user to reinstate.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.reinstateUser, failures),
  }),
)
