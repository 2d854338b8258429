import { membersAreKnown, type Rule } from '../rule.ts'

export const emptyGroup: Rule = {
  name: 'EMPTY_GROUP',
  severity: 'INFO',
  title: 'A group has no members',
  when: "No user is a member of a live group, and no user's groups are unread or unmatched.",
  advice: 'Delete the group at the vendor, or find out why all members have left it.',
  identity: 'group',
  subjects: 'the group',
  evidence: '`name`',
  asked: 'CHANGES',
  needsAllMembers: true,
  question: (scope) => `
    select g.id::text as key, array[g.id] as subject_ids, array['Group'] as subject_types, jsonb_build_object('name', g.name) as evidence
    from groups g
    where g.organization_id = $1 and g.deleted_at is null and ${scope.includes('g.id')}
      and not exists (select from memberships m where m.group_id = g.id and m.valid_to is null) and ${membersAreKnown}`,
}
