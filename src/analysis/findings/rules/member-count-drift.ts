import { membersAreKnown, type Rule } from '../rule.ts'

export const memberCountDrift: Rule = {
  name: 'MEMBER_COUNT_DRIFT',
  severity: 'LOW',
  title: "The vendor's member count of a group differs from the mirror",
  when:
    "The vendor's member count differs from the number of members in the mirror, no user's groups are unread " +
    'or unmatched, and no membership of the group has changed since the start of the last complete pull.',
  advice:
    "Compare the group with the vendor's console. Memberships that no user shows can belong to accounts that " +
    'the API does not list.',
  identity: 'group',
  subjects: 'the group',
  evidence: '`vendorCount`; `members`: the number of members in the mirror',
  asked: 'PULLS',
  needsAllMembers: true,
  question: (scope) => `
    select g.id::text as key, array[g.id] as subject_ids, array['Group'] as subject_types,
      jsonb_build_object('vendorCount', g.member_count, 'members', coalesce(m.members, 0)) as evidence
    from organizations o
    join groups g on g.organization_id = o.id and g.deleted_at is null
    left join (
      select group_id, count(*) filter (where valid_to is null) as members, max(greatest(valid_from, valid_to)) as changed_at
      from memberships where organization_id = $1 and ${scope.includes('group_id')} group by group_id
    ) m on m.group_id = g.id
    where o.id = $1 and ${scope.includes('g.id')} and g.member_count <> coalesce(m.members, 0)
      and coalesce(m.changed_at < o.profile_as_of, true) and ${membersAreKnown}`,
}
