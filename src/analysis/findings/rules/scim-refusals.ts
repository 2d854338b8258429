/** What identity providers asked for by SCIM and was refused. */
import type { Rule } from '../rule.ts'

/** Besides the evaluations after pulls, it is evaluated when a request is refused (privileged-accounts.ts). */
export const scimLeaver: Rule = {
  name: 'SCIM_PRIVILEGED_LEAVER',
  severity: 'HIGH',
  title: 'A privileged account should have been turned off',
  when:
    'An identity provider asked to turn off or delete an account that holds a privileged role. The request was refused, ' +
    'and the account is still active.',
  advice:
    'Act now: the person has probably left, and the account still has its rights. Revoke the role and deactivate the ' +
    'account, or let the identity provider repeat its request after the role was revoked.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`token`: the token that asked; `refusedAt`',
  asked: 'TIME',
  question: () => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types,
      jsonb_build_object('token', r.leaver_refused_by, 'refusedAt', r.leaver_refused_at) as evidence
    from scim_resources r join users u on u.id = r.node_id
    where r.organization_id = $1 and r.leaver_refused_at is not null and r.hidden_at is null
      and u.deleted_at is null and u.status is distinct from 'INACTIVE'`,
}

/** Besides the evaluations after pulls, it is evaluated when the guard refuses a request or is lifted (removal-guard.ts). */
export const scimMassRemoval: Rule = {
  name: 'SCIM_MASS_REMOVAL',
  severity: 'HIGH',
  title: 'An identity provider asked to remove an unusual number of users',
  when:
    'Within an hour, a token of the identity provider asked to turn off or delete more than 5 users and more than a ' +
    'tenth of all, or to remove most members of a group at once. The further requests were refused within the last day.',
  advice:
    'Check the assignments in the identity provider. If the removals are right, allow them with the mutation ' +
    '`liftScimGuard`; the identity provider repeats its requests.',
  identity: 'organization',
  subjects: 'the organization',
  evidence: '`token`: the token that asked; `refusedAt`: the last refusal',
  asked: 'TIME',
  question: () => `
    select 'guard' as key, array[$1::bigint] as subject_ids, '{Organization}'::text[] as subject_types,
      jsonb_build_object('token', d.refused_by, 'refusedAt', d.refused_at) as evidence
    from scim_directories d
    where d.organization_id = $1 and d.refused_at > now() - interval '1 day'
      and (d.lifted_until is null or d.lifted_until < d.refused_at)`,
}
