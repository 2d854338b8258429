import type { Rule } from '../rule.ts'

/** What connections to the API v1 tell of accounts: their kinds, what is billed, and lists of senders. */

/** Local parts of addresses that usually belong to no person. */
const functionalNames = [
  'accounting',
  'accounts',
  'admin',
  'backup',
  'billing',
  'careers',
  'contact',
  'copier',
  'donotreply',
  'enquiries',
  'fax',
  'feedback',
  'finance',
  'hello',
  'help',
  'helpdesk',
  'hr',
  'info',
  'invoices',
  'it',
  'jobs',
  'kontakt',
  'mail',
  'marketing',
  'monitoring',
  'news',
  'newsletter',
  'no-reply',
  'noc',
  'noreply',
  'office',
  'orders',
  'postmaster',
  'printer',
  'reception',
  'sales',
  'scan',
  'scanner',
  'service',
  'shop',
  'support',
  'team',
  'voicemail',
  'webmaster',
]
const functionalList = `array[${functionalNames.map((name) => `'${name}'`).join(', ')}]`

export const billedFunctional: Rule = {
  name: 'BILLED_FUNCTIONAL',
  severity: 'LOW',
  title: 'An account that seems to belong to no person is billed',
  when:
    'The account is billed, active and an END_USER or SILENT_USER, has no first and last name or one name only, and its ' +
    'address begins with a word such as info, sales or noreply.',
  advice: 'If the address belongs to no person, convert the account to a functional account, which is not billed.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`kind`: the kind of the account',
  asked: 'CHANGES',
  question: (scope) => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types,
      jsonb_build_object('kind', u.account_kind) as evidence
    from users u
    where u.organization_id = $1 and u.deleted_at is null and u.billable and u.status = 'ACTIVE'
      and u.account_kind in ('END_USER', 'SILENT_USER')
      and (coalesce(btrim(u.first_name), '') = '' or coalesce(btrim(u.last_name), '') = '')
      and split_part(u.address_key, '@', 1) = any(${functionalList}) and ${scope.includes('u.id')}`,
}

export const conversionUndone: Rule = {
  name: 'CONVERSION_UNDONE',
  severity: 'MEDIUM',
  title: 'A functional account has been replaced by another kind of account',
  when:
    'A deleted functional account had the primary address of a live account that is not functional and has another number ' +
    'at the vendor, within the retained history.',
  advice:
    'A directory sync removes a converted account and creates it again. Exempt the address from the sync, both from adding ' +
    'and from deleting, then convert the account again.',
  identity: 'new account',
  subjects: 'the live user, then the previous account',
  evidence: '`kind`: the kind of the new account; `recreatedAt`: when the mirror observed it',
  asked: 'CHANGES',
  question: (scope) => `
    select distinct on (u.id) u.id::text as key, array[u.id, e.id] as subject_ids, array['User', 'User'] as subject_types,
      jsonb_build_object('kind', u.account_kind, 'recreatedAt', u.valid_from) as evidence
    from users u
    join users e on e.organization_id = u.organization_id and e.address_key = u.address_key and e.deleted_at is not null
      and e.id < u.id and e.account_kind = 'FUNCTIONAL_ACCOUNT' and e.vendor_id <> u.vendor_id
    where u.organization_id = $1 and u.deleted_at is null and u.account_kind <> 'FUNCTIONAL_ACCOUNT' and ${scope.includes('u.id')}
    order by u.id, e.id desc`,
}

export const inactiveLosesMail: Rule = {
  name: 'INACTIVE_LOSES_MAIL',
  severity: 'MEDIUM',
  title: 'A deactivated account rejects the mail that is sent to it',
  when: 'The status of an account whose kind is known is INACTIVE. The vendor no longer delivers mail to such an account.',
  advice:
    'If the address must still receive mail, reactivate the account, or convert it to a functional account, which is not ' +
    'billed. Otherwise delete it.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`kind`: the kind of the account; `aliases`: the number of its aliases, which lose mail too',
  asked: 'CHANGES',
  question: (scope) => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types,
      jsonb_build_object('kind', u.account_kind, 'aliases', (
        select count(*) from aliases a where a.user_id = u.id and a.valid_to is null)) as evidence
    from users u
    where u.organization_id = $1 and u.deleted_at is null and u.status = 'INACTIVE' and u.account_kind is not null
      and ${scope.includes('u.id')}`,
}

const freemail = `array['aol.com', 'gmail.com', 'gmx.de', 'gmx.net', 'googlemail.com', 'hotmail.com', 'icloud.com', 'live.com',
  'mail.ru', 'msn.com', 'outlook.com', 'proton.me', 'protonmail.com', 'qq.com', 'web.de', 'yahoo.com', 'yandex.ru']`

export const broadAllowList: Rule = {
  name: 'BROAD_ALLOW_LIST',
  severity: 'MEDIUM',
  title: 'A user allows the senders of a whole domain',
  when: "The user's safe senders contain a whole domain or a wildcard, or an address at a provider of free mailboxes.",
  advice: 'Replace the entry by the addresses that are meant: mail from all others there is not checked for spam.',
  identity: 'user',
  subjects: 'the user',
  evidence: '`entries`: up to 20 of these entries; `count`: their number',
  asked: 'CHANGES',
  question: (scope) => `
    select u.id::text as key, array[u.id] as subject_ids, array['User'] as subject_types,
      jsonb_build_object('entries', to_jsonb(b.entries[1:20]), 'count', cardinality(b.entries)) as evidence
    from users u
    cross join lateral (
      select array_agg(entry order by entry) as entries from jsonb_array_elements_text(u.sender_lists -> 'safe') as entry
      where entry ~ '^\\s*(@|[^@]*$|\\*)' or lower(split_part(entry, '@', 2)) = any(${freemail})
    ) b
    where u.organization_id = $1 and u.deleted_at is null and u.sender_lists is not null and b.entries is not null
      and ${scope.includes('u.id')}`,
}
