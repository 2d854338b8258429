import type { Rule } from '../rule.ts'

export const samePersonTwice: Rule = {
  name: 'SAME_PERSON_TWICE',
  severity: 'LOW',
  title: 'Several accounts have the same name',
  when:
    'Two or more live accounts of type USER in the organization have the same first and last name, ignoring ' + 'case.',
  advice:
    'Find out whether the accounts belong to the same person. A second account is easily forgotten when that ' +
    'person leaves.',
  identity: 'name',
  subjects: 'the users, those observed first by the mirror first, at most 100',
  evidence: '`name`; `accounts`: the number of accounts with the name',
  asked: 'CHANGES',
  question: (scope) => `
    select fold_case(u.first_name) || ' ' || fold_case(u.last_name) as key, (array_agg(u.id order by u.id))[1:100] as subject_ids,
      array_fill('User'::text, array[least(count(*), 100)::int]) as subject_types,
      jsonb_build_object('name', min(u.first_name || ' ' || u.last_name), 'accounts', count(*)) as evidence
    from users u
    where u.organization_id = $1 and u.deleted_at is null and u.type = 'USER' and u.first_name <> '' and u.last_name <> ''
      and ${scope.among('(fold_case(u.first_name), fold_case(u.last_name))', `select fold_case(c.first_name), fold_case(c.last_name) from users c where ${scope.includes('c.id')}`)}
    group by fold_case(u.first_name), fold_case(u.last_name) having count(*) > 1`,
}
