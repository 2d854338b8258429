import { ref } from '../../planner/read.ts'
import type { UserDeleted } from '../../writes/commands/delete-user.ts'
import { builder } from '../builder.ts'
import { commonFailures, typesOf } from '../core/failures.ts'
import { User } from '../user/user.ts'
import { commonInput, notesField, planField, settledField, targetEmail, write } from './write-result.ts'

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'Input for deleting a user.',
  fields: (t) => ({
    ...commonInput(t),
    primaryEmail: t.field(targetEmail),
  }),
})

const DeleteUserSuccess = builder.objectRef<UserDeleted>('DeleteUserSuccess').implement({
  description: 'The vendor accepted the deletion. `settled` tells whether the vendor no longer shows the user.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The tombstone of the user. In a dry run, and while the vendor still shows the user, the live user.',
      refs: ({ userId }) => ref('User', userId),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const DeleteUserResult = builder.unionType('DeleteUserResult', {
  description: 'The deleted user, or the reason why the request failed.',
  types: [DeleteUserSuccess, ...typesOf(commonFailures)],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'DeleteUserSuccess'),
})

builder.mutationField('deleteUser', (t) =>
  t.field({
    type: DeleteUserResult,
    nullable: true,
    description:
      'Delete a user at the vendor, including its aliases and memberships. The deletion is immediate and ' +
      'cannot be undone. Requires the `write` scope.',
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'The user to delete.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.deleteUser, commonFailures),
  }),
)
