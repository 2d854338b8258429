import type { Rule } from '../rule.ts'

export const staleRelations: Rule = {
  name: 'STALE_RELATIONS',
  severity: 'INFO',
  title: 'Relations of users have not been read for a week',
  when:
    'Roles, aliases or groups of live users were last observed more than seven days before the last complete ' +
    'pull. Users whose relations have never been read are not counted.',
  advice:
    'Refresh the most important users, include the relations in the lists, or request a larger allowance ' +
    'from the vendor.',
  identity: 'organization',
  subjects: 'the organization, then the 20 users with the oldest relations',
  evidence: '`users`: the number of users; `oldestAt`: when the oldest relations were read',
  asked: 'TIME',
  // Relations in the lists are as old as the last complete pull. If the lists include all three, no user needs to be
  // checked.
  question: () => `
    select o.id::text as key, o.id || (array_agg(s.id order by s.relations_at, s.id))[1:20] as subject_ids,
      'Organization'::text || array_fill('User'::text, array[least(count(*), 20)::int]) as subject_types,
      jsonb_build_object('users', count(*), 'oldestAt', min(s.relations_at)) as evidence
    from organizations o join lateral (
      select u.id, least(greatest(u.roles_at, c.roles_at, o.roles_as_of), greatest(u.aliases_at, c.aliases_at, o.aliases_as_of),
        greatest(u.groups_at, c.groups_at, o.groups_as_of)) as relations_at
      from users u left join user_confirmations c on c.user_id = u.id
      where u.organization_id = o.id and u.deleted_at is null
        and u.roles_at is not null and u.aliases_at is not null and u.groups_at is not null
        and least(u.roles_at, u.aliases_at, u.groups_at) < o.profile_as_of - interval '7 days'
    ) s on s.relations_at < o.profile_as_of - interval '7 days'
    where o.id = $1 and (o.roles_as_of >= o.profile_as_of - interval '7 days' and o.aliases_as_of >= o.profile_as_of - interval '7 days'
      and o.groups_as_of >= o.profile_as_of - interval '7 days') is not true
    group by o.id`,
}
