/** Operations that graphql-js executes: what is planned is read by one statement for the root, and one for each list of ids. */
import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph } from '../graph/harness/fixture.ts'

const api = await graph()
afterAll(() => api[Symbol.asyncDispose]())

const acme = await api.add.organization('acme')
const group = await api.add.group(acme, 'grp_001', 'Helpers')
const other = await api.add.group(acme, 'grp_002', 'Sellers')
const users: number[] = []
for (const name of ['ann', 'bob', 'cleo']) {
  const user = await api.add.user(acme, `${name}@acme.example`, { first_name: name })
  await api.add.member(acme, user, group)
  await api.add.member(acme, user, other)
  users.push(user)
}
const emails = 'nodes { primaryEmail }'
const id = (type: string, key: number) => encodeGlobalId(type, key)

test('executor: planned fields, fields of JavaScript and introspection are answered together', async () => {
  const answer = await api.data(`{ __schema { queryType { name } } b: users { ${emails} } __typename
    found: search(text: "ann") { node { __typename ... on User { own: primaryEmail } } } a: users(last: 1) { ${emails} } }`)
  expect(JSON.stringify(answer)).toBe(
    JSON.stringify({
      __schema: { queryType: { name: 'Query' } },
      b: { nodes: ['ann', 'bob', 'cleo'].map((name) => ({ primaryEmail: `${name}@acme.example` })) },
      __typename: 'Query',
      found: [{ node: { __typename: 'User', own: 'ann@acme.example' } }],
      a: { nodes: [{ primaryEmail: 'cleo@acme.example' }] },
    }),
  )
  // The root, the search, and the objects that it found.
  expect(api.statements).toHaveLength(3)
})

test('executor: a field below a planned parent gets its columns, and its objects are read together', async () => {
  const answer = await api.data(
    '{ users { nodes { id: primaryEmail first: related(first: 1) { sharedGroups { groupId } user { id } } } } }',
  )
  const sharedGroups = [{ groupId: 'grp_001' }, { groupId: 'grp_002' }]
  const [ann, bob] = users.map((user) => ({ id: id('User', user) }))
  expect(answer.users).toEqual({
    nodes: [
      { id: 'ann@acme.example', first: [{ sharedGroups, user: bob }] },
      { id: 'bob@acme.example', first: [{ sharedGroups, user: ann }] },
      { id: 'cleo@acme.example', first: [{ sharedGroups, user: ann }] },
    ],
  })
  // The users, what relates them, the groups, and the other users.
  expect(api.statements).toHaveLength(4)
})

test('executor: an object that is named several times is read once', async () => {
  await api.data('{ users { nodes { related(first: 2) { user { primaryEmail } } } } }')
  const [, , statement = ''] = api.statements
  expect(statement).toContain('with ordinality')
  const before = api.statements.length
  expect(before).toBe(3)
})

test('executor: invalid arguments are errors at their places, and everything else comes from one statement', async () => {
  const question = `query ($n: Int!, $ids: [ID!]!) { ok: users { ${emails} } users(first: $n) { totalCount }
    nodes(ids: $ids) { id } group(groupId: "grp_001") { name members(first: $n) { ${emails} } } }`
  const ids = [id('Group', group), 'x', id('Pull', 0)]
  for (const _time of [1, 2]) {
    const answer = await api.ask(question, { n: 501, ids })
    expect(answer.data).toMatchObject({
      ok: { nodes: [{}, {}, {}] },
      users: null,
      nodes: [{ id: ids[0] }, null, null],
      group: null,
    })
    expect(errorsOf(answer).map(({ path, code }) => [path, code])).toEqual([
      [['users'], 'BAD_USER_INPUT'],
      [['nodes', 1], 'BAD_USER_INPUT'],
      [['nodes', 2], 'BAD_USER_INPUT'],
      [['group', 'members'], 'BAD_USER_INPUT'],
    ])
    expect(api.statements).toHaveLength(1)
  }
  const { errors } = await api.ask(question, { n: 5, ids: ids.slice(0, 1) })
  expect(errors).toBeUndefined()
})

test('executor: a plan of one type of node does not answer for another', async () => {
  const ask = api.asking('query ($id: ID!) { node(id: $id) { id __typename ... on Group { name } } }')
  const answers = [id('User', users[0] ?? 0), id('Group', group), id('Role', 999_999), id('Group', other)]
  const texts = []
  for (const one of answers) texts.push(JSON.parse(await ask({ id: one }, undefined, 'resolvers')).data.node)
  expect(texts).toEqual([
    { id: answers[0], __typename: 'User' },
    { id: answers[1], __typename: 'Group', name: 'Helpers' },
    null,
    { id: answers[3], __typename: 'Group', name: 'Sellers' },
  ])
})
