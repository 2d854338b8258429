import { isInNoGroup, privileged, type Rule } from '../rule.ts'

export const privilegedInactive: Rule = {
  name: 'PRIVILEGED_INACTIVE',
  severity: 'HIGH',
  title: 'A deactivated account still holds a privileged role',
  when: "The user's status is INACTIVE, and the user holds a privileged role.",
  advice:
    'Revoke the role, or delete the account. Otherwise the account regains its rights as soon as it is ' +
    'reactivated.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`roles`: the privileged roles',
  asked: 'CHANGES',
  question: (scope) => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types, jsonb_build_object('roles', p.roles) as evidence
    from (${privileged(scope)}) p join users u on u.id = p.user_id
    where u.deleted_at is null and u.status = 'INACTIVE'`,
}

export const privilegedOutsideGroups: Rule = {
  name: 'PRIVILEGED_OUTSIDE_GROUPS',
  severity: 'MEDIUM',
  title: 'A privileged account is in no group',
  when: 'The user holds a privileged role, and is known to be a member of no group.',
  advice: 'Add the user to the group whose policy should apply, or revoke the role.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`roles`: the privileged roles',
  asked: 'CHANGES',
  question: (scope) => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types, jsonb_build_object('roles', p.roles) as evidence
    from (${privileged(scope)}) p join users u on u.id = p.user_id
    where u.deleted_at is null and ${isInNoGroup}`,
}
