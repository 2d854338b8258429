import type { Rule } from '../rule.ts'

const days = 30
const mostHolders = 10

export const newRole: Rule = {
  name: 'NEW_ROLE',
  severity: 'MEDIUM',
  title: 'A role appeared that the organization has never had',
  when:
    `The mirror first saw the role within the last ${days} days, after its first complete pull, with a user whose roles ` +
    'were known before or who was created since; and a user still holds it.',
  advice:
    'Find out who granted it, and what it allows. If it is expected, accept the finding; PRIVILEGED_ROLES decides ' +
    'whether the role counts as privileged.',
  identity: 'role',
  subjects: `the role, then its holders, at most ${mostHolders}`,
  evidence: '`role`: its name; `holders`: how many users hold it; `firstSeenAt`: when the mirror first saw it',
  asked: 'TIME',
  question: () => `
    select r.id::text as key, array[r.id] || h.ids[1:${mostHolders}] as subject_ids,
      array['Role'] || array_fill('User'::text, array[least(h.number, ${mostHolders})]) as subject_types,
      jsonb_build_object('role', r.name, 'holders', h.number, 'firstSeenAt', r.valid_from) as evidence
    from roles r join organizations o on o.id = r.organization_id
    cross join lateral (
      select array_agg(g.user_id order by g.user_id) as ids, count(*)::int as number from role_grants g
      where g.role_id = r.id and g.valid_to is null
    ) h
    where r.organization_id = $1 and r.valid_from > o.baseline_at and r.valid_from > now() - interval '${days} days'
      and h.number > 0 and not exists (
        select from change_places p where p.node_id = r.id and p.kind = 'ROLE_GRANTED' and p.baseline)`,
}
