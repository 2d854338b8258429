import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph, observedAt } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const acme = await add.organization('acme')
const beta = await add.organization('beta')
const group = await add.group(acme, 'grp_001', 'Helpers')
await add.group(beta, 'grp_001', 'Others')
const role = await add.role(acme, 'USER')
const users: number[] = []
for (let index = 0; index < 500; index += 1) users.push(await add.user(acme, `u${index}@acme.example`))
const [first = 0] = users
await add.member(acme, first, group)
await add.grant(acme, first, role)
await add.alias(acme, first, 'Info@acme.example')
const gone = await add.user(acme, 'gone@acme.example', { deleted_at: observedAt })
await add.user(acme, 'both@example.org')
await add.user(beta, 'both@example.org')

const id = (type: string, key: number) => encodeGlobalId(type, key)
const of = (__typename: string, keys: object) => ({ __typename, ...keys })

const entities = `query ($of: [_Any!]!) { _entities(representations: $of) { __typename
  ... on User { primaryEmail organization { slug } groups { nodes { groupId } } roles { name } }
  ... on Group { name organization { slug } members { totalCount } }
  ... on Role { name users { totalCount } }
  ... on Organization { slug name }
  ... on Identity { address kind user { primaryEmail } claimants { primaryEmail } } } }`

async function resolve(...representations: unknown[]) {
  const answer = await mirror.ask(entities, { of: representations })
  return { entities: answer.data?._entities, errors: errorsOf(answer) }
}

test.each([
  ['a user by its id', of('User', { id: id('User', first) }), { primaryEmail: 'u0@acme.example' }],
  [
    'a user by its address, in any case',
    of('User', { primaryEmail: 'U0@ACME.example' }),
    { primaryEmail: 'u0@acme.example' },
  ],
  [
    'a user by organization and address',
    of('User', { organization: { slug: 'beta' }, primaryEmail: 'both@example.org' }),
    { primaryEmail: 'both@example.org', organization: { slug: 'beta' } },
  ],
  ['a deleted user by its id', of('User', { id: id('User', gone) }), { primaryEmail: 'gone@acme.example' }],
  ['a group by its id', of('Group', { id: id('Group', group) }), { name: 'Helpers', members: { totalCount: 1 } }],
  [
    'a group by organization and the id at the vendor',
    of('Group', { organization: { slug: 'beta' }, groupId: 'grp_001' }),
    { name: 'Others', organization: { slug: 'beta' } },
  ],
  ['a role by its id', of('Role', { id: id('Role', role) }), { name: 'USER', users: { totalCount: 1 } }],
  ['a role by organization and name', of('Role', { organization: { slug: 'acme' }, name: 'USER' }), { name: 'USER' }],
  ['an organization by its id', of('Organization', { id: id('Organization', acme) }), { slug: 'acme' }],
  ['an organization by its slug', of('Organization', { slug: 'beta' }), { name: 'BETA' }],
  [
    'an identity by an alias, with the spelling of the reference',
    of('Identity', { address: 'INFO@acme.example' }),
    { address: 'INFO@acme.example', kind: 'ALIAS', user: { primaryEmail: 'u0@acme.example' } },
  ],
  [
    'an identity whose address two users have',
    of('Identity', { address: 'both@example.org' }),
    { user: null, claimants: [{ primaryEmail: 'both@example.org' }, { primaryEmail: 'both@example.org' }] },
  ],
])('entities: a reference resolves %s', async (_what, representation, expected) => {
  const { entities: found, errors } = await resolve(representation)
  expect(errors).toEqual([])
  expect(found).toMatchObject([{ __typename: representation.__typename, ...expected }])
})

test('entities: an unknown reference gives null at its position and leaves the others intact', async () => {
  const { entities: found, errors } = await resolve(
    of('User', { primaryEmail: 'missing@acme.example' }),
    of('User', { primaryEmail: 'u1@acme.example' }),
    of('User', { primaryEmail: 'gone@acme.example' }),
    of('Group', { organization: { slug: 'nowhere' }, groupId: 'grp_001' }),
    of('Identity', { address: 'missing@acme.example' }),
    of('User', { id: id('User', 999_999) }),
    of('User', { primaryEmail: 'u0@acme.example' }),
  )
  expect(errors).toEqual([])
  expect(found).toMatchObject([
    null,
    { primaryEmail: 'u1@acme.example' },
    null,
    null,
    null,
    null,
    { primaryEmail: 'u0@acme.example' },
  ])
})

test('entities: an invalid reference gives an error at its position and leaves the others intact', async () => {
  const { entities: found, errors } = await resolve(
    of('User', { id: id('Group', group) }),
    of('User', { id: 'no id' }),
    of('User', { primaryEmail: 'both@example.org' }),
    of('User', {}),
    of('Group', { groupId: 'grp_001' }),
    of('Alias', { id: 'x' }),
    'no representation',
    of('User', { primaryEmail: 'u0@acme.example' }),
  )
  expect(found).toMatchObject([null, null, null, null, null, null, null, { primaryEmail: 'u0@acme.example' }])
  expect(errors.map(({ path, code, message }) => [path, code, message])).toEqual([
    [['_entities', 0], 'BAD_USER_INPUT', 'The ID belongs to an object of another type; expected the ID of a User'],
    [['_entities', 1], 'BAD_USER_INPUT', expect.stringContaining('Not an ID of this API')],
    [['_entities', 2], 'BAD_USER_INPUT', expect.stringContaining('Several organizations have an object with this key')],
    [
      ['_entities', 3],
      'BAD_USER_INPUT',
      'The representation of a User contains none of its keys; expected id, or primaryEmail',
    ],
    [
      ['_entities', 4],
      'BAD_USER_INPUT',
      'The representation of a Group contains none of its keys; expected id, or organization { slug } and groupId',
    ],
    [['_entities', 5], 'BAD_USER_INPUT', expect.stringContaining('that is one of: User, ')],
    [['_entities', 6], 'BAD_USER_INPUT', expect.stringContaining('A representation must be an object')],
  ])
})

test.each([
  ['500 users by their ids', (n: number) => of('User', { id: id('User', users[n] ?? 0) })],
  ['500 users by their addresses', (n: number) => of('User', { primaryEmail: `u${n}@acme.example` })],
  [
    '500 users by keys of every kind',
    (n: number) =>
      [
        of('User', { id: id('User', users[n] ?? 0) }),
        of('User', { primaryEmail: `u${n}@acme.example` }),
        of('User', { organization: { slug: 'acme' }, primaryEmail: `u${n}@acme.example` }),
      ][n % 3],
  ],
])('entities: %s take one statement and keep the order of the references', async (_what, representation) => {
  const { entities: found } = await resolve(...users.map((_, n) => representation(n)).reverse())
  expect(mirror.statements.length).toBe(1)
  expect((found as { primaryEmail: string }[]).map(({ primaryEmail }) => primaryEmail)).toEqual(
    users.map((_, n) => `u${n}@acme.example`).reverse(),
  )
})

test('entities: 500 identities take one statement', async () => {
  const { entities: found } = await resolve(...users.map((_, n) => of('Identity', { address: `u${n}@acme.example` })))
  expect(mirror.statements.length).toBe(1)
  expect((found as { user: { primaryEmail: string } }[])[499]?.user.primaryEmail).toBe('u499@acme.example')
})

test('entities: references of several types take one statement', async () => {
  const { errors } = await resolve(
    of('User', { primaryEmail: 'u0@acme.example' }),
    of('Group', { id: id('Group', group) }),
    of('Role', { id: id('Role', role) }),
    of('Organization', { slug: 'acme' }),
    of('Identity', { address: 'u0@acme.example' }),
    of('User', { id: id('User', first) }),
  )
  expect([errors, mirror.statements.length]).toEqual([[], 1])
})

test('entities: two fields with different selections return their own selections', async () => {
  const data = await mirror.data(
    `query ($of: [_Any!]!) {
      one: _entities(representations: $of) { ... on User { groups(first: 0) { totalCount nodes { name } } } }
      two: _entities(representations: $of) { ... on User { groups { nodes { name } } } } }`,
    { of: [of('User', { id: id('User', first) })] },
  )
  expect(data).toEqual({
    one: [{ groups: { totalCount: 1, nodes: [] } }],
    two: [{ groups: { nodes: [{ name: 'Helpers' }] } }],
  })
})

test('entities: more than 5000 references are rejected', async () => {
  const { errors } = await resolve(...Array.from({ length: 5_001 }, () => of('User', { id: 'x' })))
  expect(errors).toMatchObject([
    { code: 'BAD_USER_INPUT', message: '`representations` exceeds the limit of 5000 references' },
  ])
})

test('entities: a caller can resolve only objects of its organizations', async () => {
  const viewer = { name: 'beta', scopes: new Set(['read'] as const), organizations: new Set(['beta']) }
  const answer = await mirror.ask(
    entities,
    {
      of: [
        of('User', { id: id('User', first) }),
        of('User', { primaryEmail: 'both@example.org' }),
        of('Group', { organization: { slug: 'acme' }, groupId: 'grp_001' }),
        of('Organization', { slug: 'acme' }),
        of('Identity', { address: 'info@acme.example' }),
      ],
    },
    viewer,
  )
  expect(errorsOf(answer)).toEqual([])
  expect(answer.data?._entities).toMatchObject([null, { organization: { slug: 'beta' } }, null, null, null])
})
