import type { Rule } from './rule.ts'

export const recreatedAfterDelete: Rule = {
  name: 'RECREATED_AFTER_DELETE',
  severity: 'MEDIUM',
  title: 'A deleted account has come back',
  when: "A live user has the primary address of a user that was deleted before, as far as the mirror's history reaches.",
  advice:
    'Find out who created it anew: a connector of an identity provider does so where it was not told of the deletion.',
  identity: 'the new life of the account',
  subjects: 'the live user, then its life before',
  evidence:
    '`deletedAt`: when the mirror learnt that the earlier life was over; `recreatedAt`: when it learnt of the new one',
  asked: 'CHANGES',
  question: (scope) => `
    select distinct on (u.id) u.id::text as key, array[u.id, e.id] as subject_ids, array['User', 'User'] as subject_types,
      jsonb_build_object('deletedAt', e.deleted_at, 'recreatedAt', u.valid_from) as evidence
    from users u
    join users e on e.organization_id = u.organization_id and e.address_key = u.address_key and e.deleted_at is not null and e.id < u.id
    where u.organization_id = $1 and u.deleted_at is null and ${scope.includes('u.id')}
    order by u.id, e.id desc`,
}
