import type { UserDeleted } from '../writes/delete-user.ts'
import { builder } from './builder.ts'
import { commonFailures } from './failures.ts'
import './mutation.ts'
import { knownUser, User } from './user.ts'
import { commonFailureNames, commonInput, notesField, planField, settledField, write } from './write-result.ts'

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'A user who is to go.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    primaryEmail: t.field({ type: 'EmailAddress', required: true, description: 'The primary address, in any case.' }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
  }),
})

const DeleteUserSuccess = builder.objectRef<UserDeleted>('DeleteUserSuccess').implement({
  description: 'The vendor accepted the deletion; `settled` says whether it shows that the user is gone.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The tombstone; the live user in a dry run, and while the vendor still shows it.',
      resolve: ({ userId }, _args, context, info) => knownUser(context, info, userId),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const DeleteUserResult = builder.unionType('DeleteUserResult', {
  description: 'The tombstone, or why there is none.',
  types: [DeleteUserSuccess, ...commonFailures],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'DeleteUserSuccess'),
})

builder.mutationField('deleteUser', (t) =>
  t.field({
    type: DeleteUserResult,
    nullable: true,
    description:
      'Delete a user at the vendor: at once, for good, with its aliases and memberships. Needs the right to write.',
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'Whom to delete.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.deleteUser, commonFailureNames),
  }),
)
