import { builder } from '../builder.ts'
import { GroupMemberInput, GroupMemberResult, groupMemberFailures } from './group-member.ts'
import './mutation.ts'
import { write } from './write-result.ts'

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
