/** Joining and leaving a group: what both take and answer. */
import type { MembershipChanged } from '../writes/change-membership.ts'
import { builder } from './builder.ts'
import { commonFailures, NotAsWrittenRef } from './failures.ts'
import { Group, knownGroup } from './group.ts'
import { knownUser, User } from './user.ts'
import { commonFailureNames, commonInput, notesField, planField, settledField } from './write-result.ts'

export const GroupMemberInput = builder.inputType('GroupMemberInput', {
  description: 'A user and a group.',
  fields: (t) => ({
    organization: t.string(commonInput.organization),
    groupId: t.string({ required: true, description: "The vendor's id of the group, to the letter." }),
    primaryEmail: t.field({ type: 'EmailAddress', required: true, description: 'The primary address, in any case.' }),
    idempotencyKey: t.string(commonInput.idempotencyKey),
    dryRun: t.boolean(commonInput.dryRun),
  }),
})

const GroupMemberSuccess = builder.objectRef<MembershipChanged>('GroupMemberSuccess').implement({
  description:
    "The vendor accepted the membership; `settled` says whether it shows it. Policy follows with up to 15 minutes' delay.",
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'As the mirror has it now.',
      resolve: ({ userId }, _args, context, info) => knownUser(context, info, userId),
    }),
    group: t.field({
      type: Group,
      description: 'As the mirror has it now.',
      resolve: ({ groupId }, _args, context, info) => knownGroup(context, info, groupId),
    }),
    plan: t.field(planField),
    notes: t.stringList(notesField),
    settled: t.boolean(settledField),
  }),
})

export const GroupMemberResult = builder.unionType('GroupMemberResult', {
  description: 'User and group, or why the membership is not as asked for.',
  types: [GroupMemberSuccess, ...commonFailures, NotAsWrittenRef],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'GroupMemberSuccess'),
})

export const groupMemberFailures = [...commonFailureNames, 'NotAsWritten'] as const
