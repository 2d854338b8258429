import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { graph } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const acme = await add.organization('acme')
const role = await add.role(acme, 'USER')
const groups = [await add.group(acme, 'grp_001', 'Helpers'), await add.group(acme, 'grp_002', 'Sellers')] as const
const users: number[] = []
for (let index = 0; index < 60; index += 1) {
  const user = await add.user(acme, `u${index}@acme.example`)
  await add.alias(acme, user, `alias${index}@acme.example`)
  await add.grant(acme, user, role)
  for (const group of groups) await add.member(acme, user, group)
  users.push(user)
}
const [user = 0] = users
const [group] = groups
const id = (type: string, key: number) => JSON.stringify(encodeGlobalId(type, key))

const relations =
  'aliases { address } roles { name } groups { totalCount nodes { name } edges { firstSeenAt node { groupId } } }'

test.each([
  ['one user with aliases, roles and groups', 1, `{ user(primaryEmail: "u1@acme.example") { id ${relations} } }`],
  [
    '50 users with aliases, roles and groups',
    1,
    `{ users(first: 50) { nodes { id ${relations} freshness { profileAt } } } }`,
  ],
  [
    '50 users with their organization and previous accounts',
    1,
    '{ users { nodes { organization { name } previousLives { id } } } }',
  ],
  [
    'a group with its members and their roles and groups',
    1,
    '{ group(groupId: "grp_001") { name members { edges { policyState node { primaryEmail roles { name } groups { nodes { name } } } } } } }',
  ],
  ['a list with its total count', 1, '{ users { totalCount nodes { id } } }'],
  ['a total count alone', 1, '{ users { totalCount } }'],
  ['the page info of a list', 1, '{ groups { pageInfo { hasNextPage } } }'],
  ['a node by its id', 1, `{ node(id: ${id('User', user)}) { id ... on User { ${relations} } } }`],
  [
    'nodes of two types',
    1,
    `{ nodes(ids: [${id('User', user)}, ${id('Group', group)}, ${id('User', users[1] ?? 0)}]) { id ... on User { ${relations} } ... on Group { members { totalCount } } } }`,
  ],
  [
    'an organization with lists and their counts',
    1,
    '{ organization(slug: "acme") { roles { name users { totalCount } } users(filter: { hasGroups: true }) { totalCount nodes { id } } groups { totalCount nodes { members { totalCount } } } } }',
  ],
  [
    'an identity with its user and claimants',
    1,
    `{ identity(address: "alias1@acme.example") { kind user { id ${relations} } claimants { primaryEmail ${relations} } } }`,
  ],
  [
    'a role with its users',
    1,
    '{ role(name: "USER") { users { totalCount edges { cursor node { primaryEmail } } } } }',
  ],
  ['aliases with their users', 1, '{ aliases { nodes { address user { primaryEmail organization { slug } } } } }'],
  [
    'one field in two fragments',
    1,
    `{ users(first: 50) { ...a ...b } }
     fragment a on UserConnection { nodes { groups(first: 2) { totalCount nodes { id } } } }
     fragment b on UserConnection { nodes { groups(first: 2) { totalCount nodes { name members { totalCount } } } } }`,
  ],
  [
    'one field under two aliases with two sizes',
    1,
    '{ users(first: 50) { nodes { one: groups(first: 1) { nodes { id } } all: groups { nodes { id } } } } }',
  ],
  ['an unknown user while one organization is visible', 1, '{ user(primaryEmail: "no@acme.example") { id } }'],
])('statements: the number of statements for %s is %i', async (_what, count, question) => {
  await mirror.data(question)
  expect(mirror.statements.length).toBe(count)
})

test('statements: a field that a directive excludes is not read', async () => {
  const question = 'query ($counted: Boolean!) { users { nodes { id } totalCount @include(if: $counted) } }'
  await mirror.data(question, { counted: false })
  expect(mirror.statements.length).toBe(1)
  expect(mirror.statements[0]).not.toContain('totalCount')
  await mirror.data(question, { counted: true })
  expect(mirror.statements.length).toBe(1)
  expect(mirror.statements[0]).toContain('totalCount')
})

test('statements: a field in two fragments returns the selections of both', async () => {
  const answer = await mirror.data(`{ users(first: 1) { nodes { ...a ...b } } }
    fragment a on User { groups { totalCount nodes { name one: members(first: 1) { nodes { primaryEmail } } } } }
    fragment b on User { groups { nodes { groupId two: members(last: 1) { nodes { primaryEmail } } } pageInfo { hasNextPage } } }`)
  const members = {
    one: { nodes: [{ primaryEmail: 'u0@acme.example' }] },
    two: { nodes: [{ primaryEmail: 'u59@acme.example' }] },
  }
  expect(answer).toEqual({
    users: {
      nodes: [
        {
          groups: {
            totalCount: 2,
            nodes: [
              { name: 'Helpers', groupId: 'grp_001', ...members },
              { name: 'Sellers', groupId: 'grp_002', ...members },
            ],
            pageInfo: { hasNextPage: false },
          },
        },
      ],
    },
  })
})
