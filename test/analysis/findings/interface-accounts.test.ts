/** What connections to the API v1 tell of accounts: fields, filters and findings. One database for all. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evaluateFindings } from '../../../src/analysis/findings/evaluate.ts'
import { graph } from '../../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, sql } = mirror
const at = '2026-06-01T00:00:00.000000Z'

beforeAll(async () => {
  const capabilities = '{domains,directorySync}'
  const acme = await add.organization('acme', { learnt_at: at, profile_as_of: at, capabilities })
  const user = (name: string, row: object) =>
    add.user(acme, `${name}@acme.example`, {
      version_from: at,
      valid_from: at,
      status: 'ACTIVE',
      groups_at: null,
      ...row,
    })
  const lists = (...safe: string[]) => JSON.stringify({ safe, blocked: ['evil.example'] })
  await user('ann', {
    account_kind: 'END_USER',
    billable: true,
    first_name: 'Ann',
    last_name: 'Lee',
    sender_lists: lists(),
  })
  await user('info', { account_kind: 'END_USER', billable: true, sender_lists: lists('a@partner.example') })
  await user('sales', { account_kind: 'FUNCTIONAL_ACCOUNT', billable: false })
  await user('support', { account_kind: 'SILENT_USER', billable: false })
  await user('news', { account_kind: 'SILENT_USER', billable: true, first_name: 'Nina', last_name: 'News' })
  await user('off', { account_kind: 'END_USER', billable: false, status: 'INACTIVE' })
  await user('old', { status: 'INACTIVE' })
  await user('robot', {
    account_kind: 'ROBOT',
    sender_lists: lists('gmail.com', '@b.example', '*.c.example', 'x@GMAIL.com', 'y@b.example'),
  })
  await user('none', {})
  await user('undone', { account_kind: 'FUNCTIONAL_ACCOUNT', vendor_id: '1', deleted_at: at, gone_at: at })
  await user('undone', { account_kind: 'END_USER', vendor_id: '2', first_name: 'U', last_name: 'N' })
  await user('again', { account_kind: 'FUNCTIONAL_ACCOUNT', vendor_id: '3', deleted_at: at, gone_at: at })
  await user('again', { account_kind: 'FUNCTIONAL_ACCOUNT', vendor_id: '4' })
  await evaluateFindings(sql, acme)
})

async function addresses(filter: string): Promise<string[]> {
  const answer = await data(`{ users(filter: ${filter}) { nodes { primaryEmail } } }`)
  const users = answer.users as { nodes: { primaryEmail: string }[] }
  return users.nodes.map(({ primaryEmail }) => primaryEmail.split('@')[0] ?? '')
}

test('accounts of the API v1: kind, billing and sender lists are shown, and null if unknown', async () => {
  const fields = 'accountKind billable senderLists { safe blocked } groups { totalCount } freshness { relationsAt }'
  const answer = await data(
    `{ ${['ann', 'robot', 'none'].map((name) => `${name}: user(primaryEmail: "${name}@acme.example") { ${fields} }`).join(' ')} }`,
  )
  expect(answer).toMatchObject({
    ann: {
      accountKind: 'END_USER',
      billable: true,
      senderLists: { safe: [], blocked: ['evil.example'] },
      groups: null,
      freshness: { relationsAt: expect.any(String) },
    },
    robot: { accountKind: 'OTHER', billable: null },
    none: { accountKind: null, billable: null, senderLists: null },
  })
})

test('accounts of the API v1: filters by kind and billing match neither unknown values nor their negation', async () => {
  expect(await addresses('{ accountKind: OTHER }')).toEqual(['robot'])
  expect(await addresses('{ accountKind: FUNCTIONAL_ACCOUNT }')).toEqual(['again', 'sales'])
  expect(await addresses('{ not: { accountKind: END_USER } }')).toEqual(['again', 'news', 'robot', 'sales', 'support'])
  expect(await addresses('{ billable: true, accountKind: SILENT_USER }')).toEqual(['news'])
  expect(await addresses('{ not: { billable: true } }')).toEqual(['off', 'sales', 'support'])
})

test('accounts of the API v1: groups are not missing where the connection does not offer them', async () => {
  const answer = await data(
    '{ organizations { capabilities { groups timestamps pagedList passwordOnCreate domains directorySync } mirror { usersWithoutRelations } } }',
  )
  expect(answer.organizations).toEqual([
    {
      capabilities: {
        groups: false,
        timestamps: false,
        pagedList: false,
        passwordOnCreate: false,
        domains: true,
        directorySync: true,
      },
      mirror: { usersWithoutRelations: 0 },
    },
  ])
  expect(await addresses('{ relationsKnown: false }')).toEqual([])
})

test('accounts of the API v1: findings', async () => {
  const answer = await data(
    '{ findings { nodes { rule evidence subjects { ... on User { primaryEmail deletedAt } } } } }',
  )
  const findings = answer.findings as { nodes: { rule: string; evidence: object; subjects: object[] }[] }
  const found = findings.nodes.map(({ rule, evidence, subjects }) => [
    rule,
    subjects.map((one) => (one as { primaryEmail: string }).primaryEmail.split('@')[0]).join(),
    evidence,
  ])
  const ofKinds = found.filter(([rule]) => !['RECREATED_AFTER_DELETE', 'USER_WITHOUT_GROUPS'].includes(String(rule)))
  expect(ofKinds.sort()).toEqual([
    ['BILLED_FUNCTIONAL', 'info', { kind: 'END_USER' }],
    ['BROAD_ALLOW_LIST', 'robot', { entries: ['*.c.example', '@b.example', 'gmail.com', 'x@GMAIL.com'], count: 4 }],
    ['CONVERSION_UNDONE', 'undone,undone', { kind: 'END_USER', recreatedAt: expect.any(String) }],
    ['INACTIVE_LOSES_MAIL', 'off', { kind: 'END_USER', aliases: 0 }],
  ])
})
