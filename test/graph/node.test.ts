import { afterAll, describe, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph, observedAt } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const acme = await add.organization('acme')
const ann = await add.user(acme, 'ann@acme.example')
const gone = await add.user(acme, 'gone@acme.example', { deleted_at: observedAt })
const alias = await add.alias(acme, ann, 'a@acme.example')
const ended = await add.alias(acme, ann, 'ended@acme.example', { valid_to: observedAt })
const group = await add.group(acme, 'grp_001', 'Helpers')
const role = await add.role(acme, 'USER')
await add.member(acme, ann, group)

const id = encodeGlobalId
const question = `query ($id: ID!) { node(id: $id) { __typename id
  ... on User { primaryEmail deletedAt groups { nodes { name } } }
  ... on Alias { address deletedAt user { primaryEmail } }
  ... on Group { name members { nodes { primaryEmail } } }
  ... on Role { name }
  ... on Organization { slug } } }`

test.each([
  ['User', ann, { primaryEmail: 'ann@acme.example', deletedAt: null, groups: { nodes: [{ name: 'Helpers' }] } }],
  ['User', gone, { primaryEmail: 'gone@acme.example', deletedAt: observedAt, groups: { nodes: [] } }],
  ['Alias', alias, { address: 'a@acme.example', deletedAt: null, user: { primaryEmail: 'ann@acme.example' } }],
  [
    'Alias',
    ended,
    { address: 'ended@acme.example', deletedAt: observedAt, user: { primaryEmail: 'ann@acme.example' } },
  ],
  ['Group', group, { name: 'Helpers', members: { nodes: [{ primaryEmail: 'ann@acme.example' }] } }],
  ['Role', role, { name: 'USER' }],
  ['Organization', acme, { slug: 'acme' }],
])('node: a %s is found by its id', async (typeName, key, fields) => {
  expect(await mirror.data(question, { id: id(typeName, key) })).toEqual({
    node: { __typename: typeName, id: id(typeName, key), ...fields },
  })
})

test('node: a well-formed id without an object gives null', async () => {
  expect(await mirror.data(question, { id: id('User', 999_999) })).toEqual({ node: null })
  expect(await mirror.data(question, { id: id('User', Number.MAX_SAFE_INTEGER) })).toEqual({ node: null })
  expect(await mirror.data(question, { id: id('Group', ann) })).toEqual({ node: null })
})

const notAnId = 'Not an ID of this API; expected an unchanged value of an `id` field'
const noSuchUser = 'No User can have this ID; expected an unchanged value of an `id` field'
const wrongIds: [string, string][] = [
  ['', notAnId],
  ['User:1', notAnId],
  ['💥', notAnId],
  [`${id('User', ann)}=`, notAnId],
  [id('', 1), notAnId],
  [id('User', ''), notAnId],
  [id('a b', 1), notAnId],
  [id('User', '0'), noSuchUser],
  [id('User', '-1'), noSuchUser],
  [id('User', '01'), noSuchUser],
  [id('User', '1e3'), noSuchUser],
  [id('User', '1\0'), noSuchUser],
  [id('User', '9007199254740992'), noSuchUser],
  ['x'.repeat(301), notAnId],
]

describe('node with an invalid id', () => {
  test.each(wrongIds)('node: the malformed id %j is rejected', async (wrong, message) => {
    expect(errorsOf(await mirror.ask(question, { id: wrong }))).toEqual([
      { message, code: 'BAD_USER_INPUT', path: ['node'] },
    ])
  })

  test('node: the id of a type without nodes is rejected with the list of the types that have nodes', async () => {
    const [error] = errorsOf(await mirror.ask(question, { id: id('Freshness', 1) }))
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', path: ['node'] })
    expect(error?.message).toMatch(
      /^The ID belongs to an object of another type; expected the ID of one of Organization, User, /,
    )
  })

  test('nodes: an invalid id fails alone and leaves the other ids of the list intact', async () => {
    const ids = [id('User', ann), 'wrong', id('Group', group), id('User', 999_999), id('User', '0'), id('User', ann)]
    const answer = await mirror.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { primaryEmail } } }', {
      ids,
    })
    const user = { id: id('User', ann), primaryEmail: 'ann@acme.example' }
    expect(answer.data).toEqual({ nodes: [user, null, { id: id('Group', group) }, null, null, user] })
    expect(errorsOf(answer)).toEqual([
      { message: notAnId, code: 'BAD_USER_INPUT', path: ['nodes', 1] },
      {
        message: noSuchUser,
        code: 'BAD_USER_INPUT',
        path: ['nodes', 4],
      },
    ])
  })
})

test('nodes: an empty list gives an empty list, and more than 500 ids are rejected', async () => {
  const ask = (ids: string[]) => mirror.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
  expect(await ask([])).toEqual({ data: { nodes: [] } })
  expect(errorsOf(await ask(Array(501).fill(id('User', ann))))).toEqual([
    { message: '`ids` exceeds the limit of 500 IDs', code: 'BAD_USER_INPUT', path: ['nodes'] },
  ])
})

test('node: a database failure is an error, not a missing node', async () => {
  await mirror.sql`alter table roles rename to roles_away`
  const answer = await mirror.ask(question, { id: id('Role', role) })
  await mirror.sql`alter table roles_away rename to roles`
  expect(answer.data).toEqual({ node: null })
  expect(answer.errors?.[0]?.extensions).toEqual({})
})
