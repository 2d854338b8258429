/** Documents that are designed to be expensive. Each is rejected before it causes significant work. */
import { afterAll, describe, expect, test } from 'vitest'
import { token } from '../served.ts'
import { serveGraph } from '../served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
await served.add.organization('acme')
const times = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')
const nested = (levels: number) =>
  `{ organization ${'{ users { nodes { organization '.repeat(levels)}{ id }${' } } }'.repeat(levels)} }`
const filter = (levels: number) => JSON.parse(`${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`)

test.each([
  ['10,000 aliases', `{ ${times(10_000, (i) => `a${i}: __typename`)} }`],
  ['61 aliases', `{ ${times(61, (i) => `a${i}: __typename`)} }`],
  ['1,000 levels of nesting', nested(333)],
  ['16 levels of nesting', nested(5)],
  [
    'nested fragments',
    `{ ...f0 } ${times(20, (i) => `fragment f${i} on Query { organization { users { nodes { organization { id } } } } ...f${i + 1} }`)} fragment f20 on Query { ${nested(5).slice(2, -2)} }`,
  ],
  ['the same field 500 times', `{ ${times(500, () => '__typename')} }`],
  ['5 directives on one field', `{ __typename ${'@include(if: true) '.repeat(5)} }`],
  ['5 directives on the operation', `query ${'@asOf '.repeat(5)} { __typename }`],
  ['100 fragments', `{ __typename } ${times(100, (i) => `fragment f${i} on Query { __typename }`)}`],
  ['pages of pages', '{ users(first: 500) { nodes { groups(first: 500) { nodes { id } } } } }'],
  [
    '190 predicates without an index',
    `{ users(first: 0, filter: { or: [${times(190, (i) => `{ alias: { contains: "x${i}" } }`)}] }) { totalCount } }`,
  ],
  ['overlaps of 500 groups', '{ groups(first: 500) { nodes { overlaps { shared } } } }'],
  [
    '60 large neighborhoods',
    `{ ${times(60, (i) => `a${i}: neighborhood(of: ["x"], depth: 5, limit: 500) { truncated }`)} }`,
  ],
  ['a length of 1 MB', `{ __typename ${' '.repeat(900_000)} }`],
])('malicious documents: a document with %s is rejected with LIMIT_EXCEEDED', async (_what, query) => {
  const { status, body } = await served.ask(query)
  expect([status, body.errors?.length, body.data]).toEqual([400, 1, undefined])
  const { code, limit, max, actual } = body.errors?.[0]?.extensions ?? {}
  expect([code, typeof limit, typeof max]).toEqual(['LIMIT_EXCEEDED', 'string', 'number'])
  if (actual !== undefined) expect(actual).toBeGreaterThan(Number(max))
  expect(body.errors?.[0]?.message).toContain(String(max))
})

test.each([
  ['a cycle of fragments', '{ ...a } fragment a on Query { __typename ...b } fragment b on Query { __typename ...a }'],
  ['a recursive fragment', '{ ...a } fragment a on Query { ...a }'],
])('malicious documents: %s fails validation', async (_what, query) => {
  const { status, body } = await served.ask(query)
  expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
})

test.each([
  ['variables nested 1,000 levels deep', filter(1_000)],
  ['variables with 100,000 values', { or: Array.from({ length: 100_000 }, () => ({})) }],
])('malicious variables: %s are rejected with LIMIT_EXCEEDED', async (_what, value) => {
  const { status, body } = await served.ask('query ($filter: UserFilter) { users(filter: $filter) { totalCount } }', {
    variables: { filter: value },
  })
  expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'LIMIT_EXCEEDED'])
})

test('malicious variables: variables nested 20,000 levels deep are rejected with LIMIT_EXCEEDED', async () => {
  const deep = `${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`
  const query = 'query ($filter: UserFilter) { users(filter: $filter) { totalCount } }'
  const answer = await fetch(served.server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body: `{"query":${JSON.stringify(query)},"variables":{"filter":${deep}}}`,
  })
  expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([400, 'LIMIT_EXCEEDED'])
})

test.each<[string, string, object?]>([
  ['aliases', `{ ${times(61, (i) => `a${i}: __typename`)} }`],
  ['depth', nested(5)],
  ['directives', `{ __typename ${'@include(if: true) '.repeat(5)} }`],
  ['length', `{ __typename ${' '.repeat(60_000)} }`],
  ['cost', '{ users(first: 500) { nodes { groups(first: 500) { nodes { id } } } } }'],
  ['variables', 'query ($f: UserFilter) { users(filter: $f) { totalCount } }', { f: filter(50) }],
])('limits: exceeding the limit of %s gives the status of the media type', async (_what, query, variables) => {
  for (const [accept, expected] of [
    ['application/graphql-response+json', 400],
    ['application/json', 200],
  ] as const) {
    const { status, body } = await served.ask(query, { variables, headers: { accept } })
    expect([status, body.data, body.errors?.[0]?.extensions.code]).toEqual([expected, undefined, 'LIMIT_EXCEEDED'])
  }
})

test('malicious requests: a batch of 1,000 operations is rejected', async () => {
  const answer = await fetch(served.server.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' }))),
  })
  expect(answer.status).toBe(400)
})

describe('reported cost', () => {
  const ask = (query: string, variables?: object) => served.ask(query, { variables, extensions: { cost: true } })
  test.each([
    ['a scalar', '{ __typename }', 0],
    ['one object', '{ organization { id } }', 1],
    ['a page of the default size', '{ users { nodes { id } } }', 51],
    ['a page with edges', '{ users(first: 10) { edges { node { id } } } }', 21],
    ['nested pages', '{ users(first: 10) { nodes { groups(first: 5) { nodes { id } } } } }', 71],
    ['a list without a size', '{ organizations { id } }', 10],
    ['a count alone', '{ users(first: 0) { totalCount nodes { id } } }', 2_501],
    [
      'a fragment that is spread twice',
      '{ a: users(first: 2) { ...f } b: users(first: 3) { ...f } } fragment f on UserConnection { nodes { id } }',
      7,
    ],
  ])('reported cost: the cost of %s is right', async (_what, query, cost) => {
    expect((await ask(query)).body.extensions).toEqual({ cost })
  })
  test('reported cost: the cost is reported only on request', async () => {
    expect((await served.ask('{ organization { id } }')).body.extensions).toBeUndefined()
  })
  test('reported cost: sizes in variables and their defaults are counted', async () => {
    const query = 'query ($n: Int = 7) { users(first: $n) { nodes { id } } }'
    expect((await ask(query, { n: 3 })).body.extensions).toEqual({ cost: 4 })
    expect((await ask(query)).body.extensions).toEqual({ cost: 8 })
  })
})
