import { isInNoGroup, type Rule } from '../rule.ts'

export const userWithoutGroups: Rule = {
  name: 'USER_WITHOUT_GROUPS',
  severity: 'LOW',
  title: 'An account is in no group',
  when: 'An account of type USER that is not deactivated is known to be a member of no group.',
  advice: 'Add the user to a group, so that one of your own policies applies.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`status`',
  asked: 'CHANGES',
  question: (scope) => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types, jsonb_build_object('status', u.status) as evidence
    from users u
    where u.organization_id = $1 and u.deleted_at is null and u.type = 'USER' and u.status is distinct from 'INACTIVE'
      and ${isInNoGroup} and ${scope.includes('u.id')}`,
}
