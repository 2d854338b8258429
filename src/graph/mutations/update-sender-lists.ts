import { ref } from '../../planner/read.ts'
import type { SenderListsUpdated } from '../../writes/commands/update-sender-lists.ts'
import { builder } from '../builder.ts'
import { commonFailures, typesOf } from '../core/failures.ts'
import { User } from '../user/user.ts'
import { ListPatch } from './update-user.ts'
import { commonInput, notesField, planField, settledField, targetEmail, write } from './write-result.ts'

const UpdateSenderListsInput = builder.inputType('UpdateSenderListsInput', {
  description: "Input for changing a user's own sender lists. Entries are compared without case.",
  fields: (t) => ({
    ...commonInput(t),
    primaryEmail: t.field(targetEmail),
    safe: t.field({ type: ListPatch, description: 'Changes to the safe senders. Null removes all of them.' }),
    blocked: t.field({ type: ListPatch, description: 'Changes to the blocked senders. Null removes all of them.' }),
  }),
})

const UpdateSenderListsSuccess = builder.objectRef<SenderListsUpdated>('UpdateSenderListsSuccess').implement({
  description: 'The vendor accepted the change. `settled` tells whether the lists were read back as sent.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user as it is in the mirror now.',
      refs: ({ userId }) => ref('User', userId),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const failures = [...commonFailures, 'NotAsWritten'] as const

const UpdateSenderListsResult = builder.unionType('UpdateSenderListsResult', {
  description: 'The user with the changed lists, or the reason why the request failed.',
  types: [UpdateSenderListsSuccess, ...typesOf(failures)],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'UpdateSenderListsSuccess'),
})

builder.mutationField('updateSenderLists', (t) =>
  t.field({
    type: UpdateSenderListsResult,
    nullable: true,
    description:
      "Change a user's own safe and blocked senders. Requires the `write` scope and the capability `accountKinds`.",
    args: { input: t.arg({ type: UpdateSenderListsInput, required: true, description: 'The user and the changes.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.updateSenderLists, failures),
  }),
)
