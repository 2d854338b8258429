import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { graph, observedAt } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const asOf = (time: string) => ({ profile_as_of: time, roles_as_of: time, aliases_as_of: time, groups_as_of: time })
const acme = await add.organization('acme', asOf('2026-05-01T00:00:00Z'))
const later = '2026-07-01T00:00:00Z'
const over = { deleted_at: '2026-06-15T00:00:00Z', gone_at: '2026-06-14T00:00:00Z' }

const first = await add.user(acme, 'ann@acme.example', { first_name: 'First', ...over })
const second = await add.user(acme, 'Ann@acme.example', { first_name: 'Second', ...over })
const ann = await add.user(acme, 'Ann@Acme.example', {
  first_name: 'Ann',
  last_name: 'Lee',
  mailbox_size: 1024,
  spam_policy: JSON.stringify({ level: 3, lists: ['a'] }),
  created_at: '2026-01-02T03:04:05.600Z',
  updated_at: '2026-01-02T03:04:05Z',
})
await add.user(acme, 'listed@acme.example', { roles_at: null, aliases_at: null, groups_at: null, status: null })
await add.user(acme, 'bare@acme.example')

const [admin, user] = [await add.role(acme, 'ADMINISTRATOR'), await add.role(acme, 'USER')]
const [sellers, helpers] = [
  await add.group(acme, 'grp_002', 'Sellers'),
  await add.group(acme, 'grp_001', 'Helpers', { member_count: 3 }),
]
await add.grant(acme, ann, user)
await add.grant(acme, ann, admin)
await add.grant(acme, ann, await add.role(acme, 'GONE'), { valid_to: observedAt })
await add.alias(acme, ann, 'Z@acme.example')
await add.alias(acme, ann, 'a@Other.example')
await add.alias(acme, ann, 'gone@acme.example', { valid_to: observedAt })
await add.member(acme, ann, sellers)
await add.member(acme, ann, helpers, { valid_to: observedAt })
await add.member(acme, ann, helpers, { valid_from: later, happened_by: later })

const everything = `id primaryEmail firstName lastName displayName type status mailboxSize spamPolicy createdAt updatedAt deletedAt
  organization { id slug name } freshness { profileAt relationsAt }
  roles { name privileged } aliases { address domain firstSeenAt deletedAt user { id } organization { slug } }
  groups { nodes { groupId name memberCount deletedAt } totalCount } previousLives { id firstName deletedAt }`

test('user: all fields are returned, with only the live relationships, in order', async () => {
  expect(await mirror.data(`{ user(primaryEmail: "ANN@acme.EXAMPLE") { ${everything} } }`)).toEqual({
    user: {
      id: encodeGlobalId('User', ann),
      primaryEmail: 'Ann@Acme.example',
      firstName: 'Ann',
      lastName: 'Lee',
      displayName: 'Ann Lee',
      type: 'USER',
      status: 'ACTIVE',
      mailboxSize: 1024,
      spamPolicy: { level: 3, lists: ['a'] },
      createdAt: '2026-01-02T03:04:05.600000Z',
      updatedAt: '2026-01-02T03:04:05.000000Z',
      deletedAt: null,
      organization: { id: encodeGlobalId('Organization', acme), slug: 'acme', name: 'ACME' },
      freshness: { profileAt: observedAt, relationsAt: observedAt },
      roles: [
        { name: 'ADMINISTRATOR', privileged: true },
        { name: 'USER', privileged: false },
      ],
      aliases: [
        {
          address: 'a@Other.example',
          domain: 'other.example',
          firstSeenAt: observedAt,
          deletedAt: null,
          user: { id: encodeGlobalId('User', ann) },
          organization: { slug: 'acme' },
        },
        {
          address: 'Z@acme.example',
          domain: 'acme.example',
          firstSeenAt: observedAt,
          deletedAt: null,
          user: { id: encodeGlobalId('User', ann) },
          organization: { slug: 'acme' },
        },
      ],
      groups: {
        totalCount: 2,
        nodes: [
          { groupId: 'grp_002', name: 'Sellers', memberCount: null, deletedAt: null },
          { groupId: 'grp_001', name: 'Helpers', memberCount: 3, deletedAt: null },
        ],
      },
      previousLives: [
        { id: encodeGlobalId('User', second), firstName: 'Second', deletedAt: '2026-06-15T00:00:00.000000Z' },
        { id: encodeGlobalId('User', first), firstName: 'First', deletedAt: '2026-06-15T00:00:00.000000Z' },
      ],
    },
  })
})

test('user: relations that were never read are null, and relations that were read are lists', async () => {
  const fields =
    'roles { name } aliases { address } groups { totalCount nodes { name } } freshness { relationsAt } status'
  expect(
    await mirror.data(`{
      listed: user(primaryEmail: "listed@acme.example") { ${fields} }
      bare: user(primaryEmail: "bare@acme.example") { ${fields} }
    }`),
  ).toEqual({
    listed: { roles: null, aliases: null, groups: null, freshness: { relationsAt: null }, status: null },
    bare: {
      roles: [],
      aliases: [],
      groups: { totalCount: 0, nodes: [] },
      freshness: { relationsAt: observedAt },
      status: 'ACTIVE',
    },
  })
})

test('user: a deleted user is found by its id, with its previous accounts', async () => {
  const question = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { firstName deletedAt previousLives { firstName } roles { name } } } }`
  const deletedAt = '2026-06-15T00:00:00.000000Z'
  expect(await mirror.data(question, { ids: [first, second].map((id) => encodeGlobalId('User', id)) })).toEqual({
    nodes: [
      { firstName: 'First', deletedAt, previousLives: [], roles: [] },
      { firstName: 'Second', deletedAt, previousLives: [{ firstName: 'First' }], roles: [] },
    ],
  })
})

test.each([
  ['an invalid address', '{ user(primaryEmail: "no address") { id } }', {}],
  [
    'an invalid address in a variable',
    'query ($it: EmailAddress!) { user(primaryEmail: $it) { id } }',
    { it: 'anna@' },
  ],
  ['an invalid time', '{ users(filter: { createdAt: { gte: "today" } }) { totalCount } }', {}],
  [
    'an invalid time in a variable',
    'query ($it: DateTime) { users(filter: { createdAt: { lt: $it } }) { totalCount } }',
    { it: '' },
  ],
])('user: %s is rejected before anything is read', async (_what, question, variables) => {
  const answer = await mirror.ask(question, variables)
  expect(answer.data).toBeUndefined()
  expect(answer.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT' }])
})

test.each([
  ['Ann', 'Lee', 'Ann Lee'],
  ['Ann', null, 'Ann'],
  ['', 'Lee', 'Lee'],
  [null, null, 'named@acme.example'],
  [' ', '', 'named@acme.example'],
])('user: first name %j and last name %j give the display name %j', async (firstName, lastName, displayName) => {
  const id = await add.user(acme, 'named@acme.example', { first_name: firstName, last_name: lastName })
  expect(await mirror.data('{ user(primaryEmail: "named@acme.example") { displayName } }')).toEqual({
    user: { displayName },
  })
  await mirror.sql`delete from users where id = ${id}`
})

test('freshness: times are the newer of user and organization, and relationsAt is the oldest relation', async () => {
  const fresh = await add.organization('fresh', { ...asOf(later), aliases_as_of: '2026-06-02T00:00:00.5Z' })
  const live = await add.user(fresh, 'live@fresh.example', { groups_at: '2026-08-01T00:00:00Z' })
  const dead = await add.user(fresh, 'dead@fresh.example', { ...over, groups_at: '2026-05-01T00:00:00Z' })
  const question = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { freshness { profileAt relationsAt } } } }`
  expect(await mirror.data(question, { ids: [live, dead].map((id) => encodeGlobalId('User', id)) })).toEqual({
    nodes: [
      { freshness: { profileAt: '2026-07-01T00:00:00.000000Z', relationsAt: '2026-06-02T00:00:00.500000Z' } },
      { freshness: { profileAt: observedAt, relationsAt: '2026-05-01T00:00:00.000000Z' } },
    ],
  })
  await mirror.sql`delete from organizations where id = ${fresh}`
})

test('user list: lifecycle selects live users, deleted users or both, and defaults to live users', async () => {
  const counts = await mirror.data(`{
    none: users { totalCount } live: users(lifecycle: LIVE) { totalCount }
    deleted: users(lifecycle: DELETED) { totalCount nodes { firstName } } any: users(lifecycle: ANY) { totalCount }
    organization { none: users { totalCount } any: users(lifecycle: ANY) { totalCount } null: users(lifecycle: null) { totalCount } }
  }`)
  expect(counts).toEqual({
    none: { totalCount: 3 },
    live: { totalCount: 3 },
    deleted: { totalCount: 2, nodes: [{ firstName: 'First' }, { firstName: 'Second' }] },
    any: { totalCount: 5 },
    organization: { none: { totalCount: 3 }, any: { totalCount: 5 }, null: { totalCount: 3 } },
  })
})

test('membership: the policy is effective 15 minutes after the latest possible start of the membership', async () => {
  const now = new Date().toISOString()
  const [young, old] = [await add.user(acme, 'young@acme.example'), await add.user(acme, 'old@acme.example')]
  const policy = await add.group(acme, 'grp_policy', 'Policy')
  await add.member(acme, young, policy, { happened_by: now })
  await add.member(acme, old, policy, {
    happened_by: '2026-02-28T23:50:00.000001Z',
    valid_from: '2026-02-28T23:40:00Z',
  })
  const fields = 'firstSeenAt policyEffectiveBy policyState'
  const answer = await mirror.data(`{
    group(groupId: "grp_policy") { members { edges { node { primaryEmail } ${fields} } } }
    user(primaryEmail: "old@acme.example") { groups { edges { __typename ... on Membership { ${fields} } } } }
  }`)
  const in15 = new Date(Date.parse(now) + 15 * 60_000).toISOString().replace('Z', '000Z')
  const ended = {
    firstSeenAt: '2026-02-28T23:40:00.000000Z',
    policyEffectiveBy: '2026-03-01T00:05:00.000001Z',
    policyState: 'EFFECTIVE',
  }
  expect(answer).toEqual({
    group: {
      members: {
        edges: [
          {
            node: { primaryEmail: 'young@acme.example' },
            firstSeenAt: observedAt,
            policyEffectiveBy: in15,
            policyState: 'PENDING',
          },
          { node: { primaryEmail: 'old@acme.example' }, ...ended },
        ],
      },
    },
    user: { groups: { edges: [{ __typename: 'UserGroupEdge', ...ended }] } },
  })
})
