/** Plans: one statement for an operation, and the same text as from resolvers. */
import { afterAll, describe, expect, test } from 'vitest'
import { reader } from '../graph/harness/context.ts'
import { graph, observedAt } from '../graph/harness/fixture.ts'

const api = await graph()
afterAll(() => api[Symbol.asyncDispose]())

const acme = await api.add.organization('acme')
const globex = await api.add.organization('globex')
const strange = '"q" \\ \b\f\n\r\t\u0002\u007f\u2028 ü 𝒜'
const ann = await api.add.user(acme, 'ann@x.example', {
  first_name: strange,
  last_name: '\u00a0\u3000',
  created_at: '2024-01-01T00:00:00.12Z',
  mailbox_size: 2_147_483_647,
})
await api.sql`update users set spam_policy = ${'{"10": 1.50, "9": 1e21, "b": [null, 1e-7], "a": 12345678901234567890}'}::text::jsonb
  where id = ${ann}`
const bob = await api.add.user(acme, `${'b'.repeat(200)}@x.example`, { last_name: 'Lee', status: null, roles_at: null })
await api.add.user(acme, 'gone@x.example', { deleted_at: observedAt })
await api.add.user(globex, 'ann@x.example', { first_name: 'Globex' })
const group = await api.add.group(acme, 'g_1', '50%_\\', { member_count: 7 })
const role = await api.add.role(acme, 'ADMIN')
for (const user of [ann, bob]) await api.add.member(acme, user, group)
await api.add.grant(acme, ann, role)
await api.add.alias(acme, ann, 'desk@x.example')

const idOf = (type: string, id: number) => Buffer.from(`${type}:${id}`).toString('base64')
const userFields = `id primaryEmail firstName lastName displayName type status mailboxSize createdAt updatedAt deletedAt
  freshness { profileAt relationsAt } organization { slug } previousLives { id }`

const documents: Record<string, [document: string, variables?: Record<string, unknown>]> = {
  'values of every type': [
    `query ($e: EmailAddress!) { user(primaryEmail: $e, organization: "acme") { ${userFields} spamPolicy } }`,
    { e: 'ANN@x.example' },
  ],
  'lists and connections': [
    `{ users(organization: "acme", lifecycle: ANY) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { id aliases { id address user { id } } roles { name privileged users { nodes { id } } }
        groups(first: 1) { totalCount edges { cursor firstSeenAt policyEffectiveBy policyState node { name } } } } } } }`,
  ],
  'aliases, fragments and type names': [
    `query ($no: Boolean!) { a: group(groupId: "g_1", organization: "acme") { __typename ...G ...G b: name @skip(if: $no) } }
      fragment G on Group { c: members(last: 1) { __typename nodes { ... on Node { id __typename } } } }`,
    { no: true },
  ],
  'a backward page with its size as a variable': [
    `query ($n: Int!) { users(organization: "acme", last: $n) { nodes { primaryEmail } pageInfo { hasPreviousPage startCursor } } }`,
    { n: 1 },
  ],
  'a page of no rows': [
    '{ users(organization: "acme", first: 0) { totalCount edges { cursor } pageInfo { hasNextPage startCursor } } }',
  ],
  facets: [
    '{ users(organization: "acme") { facets { byStatus { value label count } byGroup(first: 1) { value count } } } }',
  ],
  'objects by ID, some of which do not exist': [
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on User { displayName } ... on Group { name } } }',
    { ids: [idOf('User', ann), idOf('Group', group), idOf('User', 999_999), idOf('Role', role), idOf('User', ann)] },
  ],
  'entities by every kind of key': [
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } ... on Group { name } ... on Organization { slug } } }`,
    {
      r: [
        { __typename: 'User', id: idOf('User', bob) },
        { __typename: 'User', primaryEmail: 'gone@x.example' },
        { __typename: 'User', primaryEmail: 'ann@x.example', organization: { slug: 'globex' } },
        { __typename: 'Group', groupId: 'g_1', organization: { slug: 'acme' } },
        { __typename: 'Organization', slug: 'globex' },
      ],
    },
  ],
  'no node': ['query ($id: ID!) { node(id: $id) { id } }', { id: idOf('User', 999_999) }],
}

describe.each(Object.entries(documents))('plan: %s', (_name, [document, variables]) => {
  test('plan: the text equals that of resolvers, and comes from one statement', async () => {
    const ask = api.asking(document)
    const expected = await ask(variables, reader, 'resolvers')
    expect(JSON.parse(expected)).not.toHaveProperty('errors')
    for (const _time of ['first', 'cached']) {
      expect(await ask(variables)).toBe(expected)
      expect(api.statements).toHaveLength(1)
      expect(api.statements[0]).toContain(`'{"data":'`)
    }
  })
})

const filters: Record<string, object> = {
  'a prefix': { primaryEmail: { startsWith: 'AN' } },
  'a prefix of wildcards': { lastName: { startsWith: '%' } },
  'an empty prefix': { lastName: { startsWith: '' } },
  'two characters': { primaryEmail: { contains: 'nn' } },
  'three characters': { primaryEmail: { contains: 'ann' } },
  'a part of a domain': { primaryEmail: { endsWith: '@x.example' } },
  'two signs': { primaryEmail: { contains: 'a@b@' } },
  'no value': { lastName: { in: [] } },
  'two values': { lastName: { in: ['lee', 'x'] } },
  negation: { not: { role: { eq: 'admin' } } },
  nesting: { or: [{ group: { name: { contains: '%_\\' } } }, { hasAliases: true }], privileged: true },
}

test('plan: a document with any filter gives the same text as resolvers, whichever filter its plan was made for', async () => {
  const ask = api.asking(
    'query ($f: UserFilter) { users(organization: "acme", lifecycle: ANY, filter: $f) { totalCount nodes { id } } }',
  )
  for (const f of [...Object.values(filters), ...Object.values(filters).reverse()]) {
    expect(await ask({ f }), JSON.stringify(f)).toBe(await ask({ f }, reader, 'resolvers'))
  }
})

test('plan: a value of another shape or class gets another plan, and the same one gets the same statement', async () => {
  const ask = api.asking('query ($f: UserFilter) { users(organization: "acme", filter: $f) { nodes { id } } }')
  const statementOf = async (contains: string) => {
    await ask({ f: { primaryEmail: { contains } } })
    return api.statements[0]
  }
  expect(await statementOf('ann')).toBe(await statementOf('bobby'))
  expect(await statementOf('an')).not.toBe(await statementOf('ann'))
})

test('plan: a cached plan shows each caller only its own organizations', async () => {
  const ask = api.asking(`{ organizations { slug } nodes(ids: ["${idOf('User', ann)}"]) { id } }`)
  const viewer = (...slugs: string[]) => ({ ...reader, organizations: new Set(slugs) })
  const whole = { data: { organizations: [{ slug: 'acme' }], nodes: [{ id: idOf('User', ann) }] } }
  expect(await ask({}, viewer('acme'))).toBe(JSON.stringify(whole))
  expect(await ask({}, viewer('globex'))).toBe('{"data":{"organizations":[{"slug":"globex"}],"nodes":[null]}}')
  expect(await ask({}, viewer())).toBe('{"data":{"organizations":[],"nodes":[null]}}')
  expect(api.statements).toHaveLength(1)
})

test('plan: a caller without the scope is refused, whoever used the plan before', async () => {
  const ask = api.asking('{ organizations { slug } }')
  await ask()
  const refused = JSON.parse(await ask({}, { ...reader, scopes: new Set() }))
  expect(refused).toMatchObject({ data: { organizations: null }, errors: [{ path: ['organizations'] }] })
  expect(api.statements.filter((text) => text.includes('"data"'))).toEqual([])
})

test.each([
  ['a size', { n: 501 }, '`first` must be between 0 and 500'],
  ['a cursor', { n: 1, after: 'x' }, '`after` is not a cursor of this list'],
])(
  'plan: %s that is invalid is an error at the path of its field, even if no row is selected',
  async (_what, variables, message) => {
    const ask = api.asking(
      `query ($n: Int, $after: String) { ok: organizations { slug }
      user(primaryEmail: "ann@x.example", organization: "acme") { groups(first: $n, after: $after) { __typename } } }`,
    )
    await ask({ n: 1 })
    const answer = JSON.parse(await ask(variables))
    expect(answer.data).toEqual({ ok: [{ slug: 'acme' }, { slug: 'globex' }], user: { groups: null } })
    expect(answer.errors).toMatchObject([{ path: ['user', 'groups'], message: expect.stringContaining(message) }])
  },
)

test('plan: an organization that is missing or unknown is reported as by resolvers', async () => {
  for (const question of [
    '{ users { totalCount } }',
    '{ users(organization: "none") { totalCount } }',
    '{ user(primaryEmail: "ann@x.example") { id } }',
    '{ user(primaryEmail: "ann@x.example", organization: "none") { id } }',
  ]) {
    const ask = api.asking(question)
    expect(await ask()).toBe(await ask({}, reader, 'resolvers'))
  }
})

test('plan: a reference that several organizations match is an error at its place', async () => {
  const ask = api.asking('query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }')
  const answer = JSON.parse(await ask({ r: [{ __typename: 'User', primaryEmail: 'ann@x.example' }] }))
  expect(answer).toMatchObject({ data: { _entities: [null] }, errors: [{ path: ['_entities', 0] }] })
})

test('plan: if the statement fails, each field of the operation reports it', async () => {
  const ask = api.asking('{ a: organizations { slug } b: roles(organization: "acme") { name } }')
  await api.sql`alter table organizations rename column name to label`
  await api.sql`alter table organizations rename column slug to short`
  const answer = JSON.parse(await ask())
  await api.sql`alter table organizations rename column short to slug`
  await api.sql`alter table organizations rename column label to name`
  expect(answer.data).toEqual({ a: null, b: null })
  expect(answer.errors).toMatchObject([{ path: ['a'] }, { path: ['b'] }])
})

test('plan: an object of a thousand fields is one statement', async () => {
  const fields = Array.from({ length: 1_000 }, (_, i) => `f${i}: status`).join(' ')
  const ask = api.asking(`{ user(primaryEmail: "ann@x.example", organization: "acme") { ${fields} } }`)
  expect(await ask()).toBe(await ask({}, reader, 'resolvers'))
})

test('plan: a past moment is read through its own tables', async () => {
  const ask = api.asking(
    'query ($t: DateTime!) @asOf(time: $t) { user(primaryEmail: "ann@x.example", organization: "acme") { id } }',
  )
  const [row] = await api.sql<{ now: string }[]>`select to_json(clock_timestamp()) as now`
  expect(await ask({ t: row?.now })).toBe(`{"data":{"user":{"id":"${idOf('User', ann)}"}}}`)
  expect(JSON.parse(await ask({ t: '2026-05-01T00:00:00Z' }))).toEqual({ data: { user: null } })
})
