import type { Rule } from './rule.ts'

export const staleRelations: Rule = {
  name: 'STALE_RELATIONS',
  severity: 'INFO',
  title: 'Relations of users have not been read for a week',
  when: 'Roles, aliases or groups of live users were last observed more than seven days before the last complete pull; users whose relations were never read do not count.',
  advice: 'Refresh the users that matter, or let lists carry the relations, or ask the vendor for a larger allowance.',
  identity: 'the organization',
  subjects: 'the organization, then the twenty users whose relations are oldest',
  evidence: '`users`: how many they are; `oldestAt`: when the oldest were read',
  asked: 'TIME',
  // What lists carry is as old as the last complete pull. Where they carry all three, nobody is looked at.
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
