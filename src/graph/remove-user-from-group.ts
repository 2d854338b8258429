import { builder } from './builder.ts'
import { GroupMemberInput, GroupMemberResult, groupMemberFailures } from './group-member.ts'
import './mutation.ts'
import { write } from './write-result.ts'

builder.mutationField('removeUserFromGroup', (t) =>
  t.field({
    type: GroupMemberResult,
    nullable: true,
    description: 'Take a user out of a group; the account stays. Needs the right to write.',
    args: { input: t.arg({ type: GroupMemberInput, required: true, description: 'Whom, and which group.' }) },
    resolve: (_root, { input }, context) =>
      write(context, input, context.writes.removeUserFromGroup, groupMemberFailures),
  }),
)
