import { ref } from '../../planner/read.ts'
import type { MembershipChanged } from '../../writes/commands/change-membership.ts'
import { builder } from '../builder.ts'
import { commonFailures, typesOf } from '../core/failures.ts'
import { Group } from '../group/group.ts'
import { User } from '../user/user.ts'
import { commonInput, notesField, planField, settledField, targetEmail, write } from './write-result.ts'

/** The input and the result of joining and leaving a group. */

const GroupMemberInput = builder.inputType('GroupMemberInput', {
  description: 'Input for adding a user to a group, or removing a user from it.',
  fields: (t) => ({
    ...commonInput(t),
    groupId: t.string({ required: true, description: "The vendor's ID of the group. Case-sensitive." }),
    primaryEmail: t.field(targetEmail),
  }),
})

const GroupMemberSuccess = builder.objectRef<MembershipChanged>('GroupMemberSuccess').implement({
  description:
    'The vendor accepted the change. `settled` tells whether the vendor shows it. Policy changes take up to ' +
    '15 minutes to take effect.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user as it is in the mirror now.',
      refs: ({ userId }) => ref('User', userId),
    }),
    group: t.field({
      type: Group,
      description: 'The group as it is in the mirror now.',
      refs: ({ groupId }) => ref('Group', groupId),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

const groupMemberFailures = [...commonFailures, 'NotAsWritten'] as const

const GroupMemberResult = builder.unionType('GroupMemberResult', {
  description: 'The user and the group, or the reason why the request failed.',
  types: [GroupMemberSuccess, ...typesOf(groupMemberFailures)],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'GroupMemberSuccess'),
})

builder.mutationField('addUserToGroup', (t) =>
  t.field({
    type: GroupMemberResult,
    nullable: true,
    description:
      'Add a user to a group. Policy changes take up to 15 minutes to take effect. Requires the `write` scope.',
    args: { input: t.arg({ type: GroupMemberInput, required: true, description: 'The user and the group.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.addUserToGroup, groupMemberFailures),
  }),
)

builder.mutationField('removeUserFromGroup', (t) =>
  t.field({
    type: GroupMemberResult,
    nullable: true,
    description:
      'Remove a user from a group. The account is kept. Policy changes take up to 15 minutes to take effect. ' +
      'Requires the `write` scope.',
    args: { input: t.arg({ type: GroupMemberInput, required: true, description: 'The user and the group.' }) },
    resolve: (_root, { input }, context) =>
      write(context, input, context.writes.removeUserFromGroup, groupMemberFailures),
  }),
)
