import { builder } from './builder.ts'
import { GroupMemberInput, GroupMemberResult, groupMemberFailures } from './group-member.ts'
import './mutation.ts'
import { write } from './write-result.ts'

builder.mutationField('addUserToGroup', (t) =>
  t.field({
    type: GroupMemberResult,
    nullable: true,
    description: "Put a user into a group. Policy follows with up to 15 minutes' delay. Needs the right to write.",
    args: { input: t.arg({ type: GroupMemberInput, required: true, description: 'Whom, and which group.' }) },
    resolve: (_root, { input }, context) => write(context, input, context.writes.addUserToGroup, groupMemberFailures),
  }),
)
