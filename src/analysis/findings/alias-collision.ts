import type { Rule } from './rule.ts'

export const aliasCollision: Rule = {
  name: 'ALIAS_COLLISION',
  severity: 'MEDIUM',
  title: 'Several accounts claim one alias',
  when: 'Two or more live users of the organization have the same address as an alias, without regard to case.',
  advice: 'Take the alias from all but one: who gets the mail is not defined.',
  identity: 'the address',
  subjects: 'the users, those that the mirror met first before the others, a hundred at most',
  evidence: '`address`; `claimants`: how many users claim it',
  asked: 'CHANGES',
  question: (scope) => `
    select l.address_key as key, (array_agg(distinct l.user_id order by l.user_id))[1:100] as subject_ids,
      array_fill('User'::text, array[least(count(distinct l.user_id), 100)::int]) as subject_types,
      jsonb_build_object('address', l.address_key, 'claimants', count(distinct l.user_id)) as evidence
    from aliases l
    where l.organization_id = $1 and l.valid_to is null
      and ${scope.among('l.address_key', `select address_key from aliases c where ${scope.includes('c.user_id')} and c.valid_to is null`)}
    group by l.address_key having count(distinct l.user_id) > 1`,
}
