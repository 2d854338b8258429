import type { Rule } from '../rule.ts'

export const recreatedAfterDelete: Rule = {
  name: 'RECREATED_AFTER_DELETE',
  severity: 'MEDIUM',
  title: 'A deleted account has been re-created',
  when: 'A live user has the primary address of a previously deleted user, within the retained history.',
  advice:
    "Find out who re-created the account. A common cause is an identity provider's connector that is unaware " +
    'of the deletion.',
  identity: 'new account',
  subjects: 'the live user, then the previous account',
  evidence:
    '`deletedAt`: when the mirror observed the deletion of the previous account; `recreatedAt`: when it ' +
    'observed the new account',
  asked: 'CHANGES',
  question: (scope) => `
    select distinct on (u.id) u.id::text as key, array[u.id, e.id] as subject_ids, array['User', 'User'] as subject_types,
      jsonb_build_object('deletedAt', e.deleted_at, 'recreatedAt', u.valid_from) as evidence
    from users u
    join users e on e.organization_id = u.organization_id and e.address_key = u.address_key and e.deleted_at is not null and e.id < u.id
    where u.organization_id = $1 and u.deleted_at is null and ${scope.includes('u.id')}
    order by u.id, e.id desc`,
}
