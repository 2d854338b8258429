import type { Rule } from '../rule.ts'

export const aliasCollision: Rule = {
  name: 'ALIAS_COLLISION',
  severity: 'MEDIUM',
  title: 'Several accounts have the same alias',
  when: 'Two or more live users of the organization have the same address as an alias, ignoring case.',
  advice: 'Remove the alias from all accounts but one: it is undefined which of them receives the mail.',
  identity: 'address',
  subjects: 'the users, those observed first by the mirror first, at most 100',
  evidence: '`address`; `claimants`: the number of users with the alias',
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

export const aliasShadowsUser: Rule = {
  name: 'ALIAS_SHADOWS_USER',
  severity: 'HIGH',
  title: "An alias is another account's primary address",
  when: 'An alias of a live user is the primary address of another live user of the organization, ignoring case.',
  advice: "Remove the alias: it may receive the other account's mail, including password resets.",
  identity: 'alias',
  subjects: 'the user with the alias, then the user with the primary address',
  evidence: '`address`',
  asked: 'CHANGES',
  question: (scope) => `
    select l.id::text as key, array[l.user_id, u.id] as subject_ids, array['User', 'User'] as subject_types,
      jsonb_build_object('address', l.address) as evidence
    from aliases l
    join users u on u.organization_id = l.organization_id and u.address_key = l.address_key and u.deleted_at is null and u.id <> l.user_id
    where l.organization_id = $1 and l.valid_to is null
      and ${scope.among(
        'l.id',
        `select c.id from aliases c where ${scope.includes('c.user_id')} and c.valid_to is null
        union all select c.id from users p join aliases c on c.address_key = p.address_key and c.valid_to is null where ${scope.includes('p.id')}`,
      )}`,
}
