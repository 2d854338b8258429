/** The cost of operations, computed from the costs in the schema, with and without a prefix. */
import { getIntrospectionQuery, getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { buildSchema } from '../../../src/graph/schema.ts'
import { createCostOf } from '../../../src/server/limits/operation-cost.ts'

const limit = 100_000
const schema = buildSchema()
const costOf = createCostOf(schema)
const prefixed = buildSchema({ withNode: true, prefix: 'Essentials' })
const prefixedCostOf = createCostOf(prefixed)

function cost(query: string, variables: object = {}): number {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  const operation = getOperationAST(document)
  return operation ? costOf(document, operation, variables as Record<string, unknown>) : Number.NaN
}

const times = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')

describe('cost of list sizes', () => {
  const neighborhood = (args: string, variables?: object, definitions = '') =>
    cost(`query${definitions} { neighborhood(of: ["x"]${args}) { nodes { __typename } } }`, variables)
  const usual = neighborhood(', limit: 200')

  test.each<[string, string, string, object?]>([
    ['omitted', '', ''],
    ['null', ', limit: null', ''],
    ['an unset variable', ', limit: $n', '($n: Int)'],
    ['a null variable', ', limit: $n', '($n: Int)', { n: null }],
    ['a variable whose default is overridden by null', ', limit: $n', '($n: Int = 3)', { n: null }],
    ['a variable with the same default', ', limit: $n', '($n: Int = 200)'],
  ])('cost: a limit that is %s counts as the default size of the resolver', (_what, args, definitions, variables) => {
    expect(neighborhood(args, variables, definitions)).toBe(usual)
  })

  test('cost: the value of a variable takes precedence over its default', () => {
    expect(neighborhood(', limit: $n', { n: 10 }, '($n: Int = 200)')).toBe(neighborhood(', limit: 10'))
    expect(neighborhood(', limit: $n', {}, '($n: Int = 10)')).toBe(neighborhood(', limit: 10'))
  })

  test('cost: a size that the resolver rejects counts as the maximum size', () => {
    for (const args of [', limit: -1', ', limit: -2147483648', ', limit: 2001', ', limit: 0']) {
      expect(neighborhood(args)).toBe(neighborhood(', limit: 2000'))
    }
    expect(cost('query ($n: Int) { users(first: $n) { nodes { id } } }', { n: 'many' })).toBe(501)
    expect(cost('query ($n: Int) { users(first: $n) { nodes { id } } }', { n: Number.NaN })).toBe(501)
  })

  test.each<[string, number, object?]>([
    ['{ users { nodes { id } } }', 51],
    ['{ users(first: null, last: null) { nodes { id } } }', 51],
    ['{ users(last: 7) { nodes { id } } }', 8],
    ['{ users(first: 3, last: 7) { nodes { id } } }', 8],
    ['query ($a: Int, $b: Int) { users(first: $a, last: $b) { nodes { id } } }', 8, { b: 7 }],
    ['{ users(first: 10) { edges { node { groups(first: 5) { nodes { id } } } } } }', 81],
    ['{ users(first: 10) { nodes { groups { nodes { id } } } } }', 521],
    ['{ users(first: 2) { nodes { id } nodes { aliases { id } } } }', 25],
    ['{ changes { nodes { id } } }', 51],
    ['{ search(text: "x") { score } }', 4_020],
    ['{ search(text: "x", first: null) { score } }', 4_020],
    ['{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
    ['{ nodes(ids: "a") { id } }', 1],
    ['query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { aliases { id } } } }', 44, { ids: [1, 2, 3, 4] }],
    [
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { id } } }',
      5_000,
      { of: Array(5_000).fill({}) },
    ],
    ['subscription { changes { node { subject { __typename } } } }', 3],
    ['mutation { startPull { id } }', 1],
    [
      'mutation { deleteUser(input: { primaryEmail: "a@b.c" }) { ... on DeleteUserSuccess { user { groups { nodes { id } } } } } }',
      53,
    ],
  ])('cost: %s costs %i', (query, expected, variables) => {
    expect(cost(query, variables)).toBe(expected)
  })
})

describe('cost of excluded fields', () => {
  const page = 'users { nodes { id } }'
  test.each<[string, number, object?]>([
    [`{ ${page.replace('users', 'users @skip(if: true)')} }`, 0],
    [`{ ${page.replace('users', 'users @include(if: false)')} }`, 0],
    [`{ ${page.replace('users', 'users @include(if: true) @skip(if: false)')} }`, 51],
    [`query ($b: Boolean!) { ${page.replace('users', 'users @skip(if: $b)')} }`, 0, { b: true }],
    [`query ($b: Boolean!) { ${page.replace('users', 'users @skip(if: $b)')} }`, 51, {}],
    [`query ($b: Boolean!) { ${page.replace('users', 'users @include(if: $b)')} }`, 51, {}],
    [`query ($b: Boolean = false) { ${page.replace('users', 'users @include(if: $b)')} }`, 0],
    [`query ($b: Boolean = false) { ... @include(if: $b) { ${page} } }`, 0],
    [`query ($b: Boolean = false) { ...f @include(if: $b) ...f } fragment f on Query { ${page} }`, 51],
  ])('cost: %s costs %i', (query, expected, variables) => {
    expect(cost(query, variables)).toBe(expected)
  })
})

describe('cost of filters', () => {
  const users = (filter: string, selection = 'nodes { id }') => cost(`{ users(filter: ${filter}) { ${selection} } }`)
  const rows = users('{ status: ACTIVE }') - 100

  test('cost: an empty filter and a filter of nulls cost nothing', () => {
    for (const filter of ['{}', 'null', '{ status: null, alias: null }']) expect(users(filter)).toBe(51)
  })

  test('cost: each predicate adds its cost at any position in the filter', () => {
    const one = users('{ alias: { contains: "x" } }') - rows
    expect(one).toBeGreaterThan(5_000)
    for (const both of [
      '{ alias: { contains: "x", endsWith: "y" } }',
      '{ and: [{ alias: { contains: "x" } }, { alias: { contains: "y" } }] }',
      '{ or: [{ alias: { contains: "x" } }, { alias: { contains: "y" } }] }',
      '{ alias: { contains: "x" }, not: { not: { alias: { contains: "y" } } } }',
      '{ or: { and: { alias: { contains: "x", startsWith: "y" } } } }',
    ]) {
      expect(users(both)).toBe(rows + 2 * one)
    }
  })

  test('cost: a predicate is counted for the rows, for the count and for each facet', () => {
    const filter = '{ alias: { contains: "x" } }'
    const all = users(filter, 'nodes { id } totalCount facets { byStatus { count } byType { count } }')
    const counted = users(filter, 'totalCount')
    expect(counted).toBeLessThan(users(filter, 'pageInfo { hasNextPage }'))
    expect(all).toBeGreaterThan(users(filter) + 2 * counted)
    expect(users(filter, 'nodes { id } edges { cursor } pageInfo { endCursor }')).toBe(users(filter) + 51)
  })

  test('cost: each value of a list in a filter adds to the cost', () => {
    const of = (count: number) => users(`{ firstName: { in: [${times(count, (i) => `"${i}"`)}] } }`)
    expect(of(500) - of(400)).toBe(of(400) - of(300))
    expect(of(500)).toBeGreaterThan(of(400))
  })

  test('cost: a filter in a variable costs as much as one in the document', () => {
    const filter = { or: [{ alias: { contains: 'x' } }, { group: { name: { in: ['a', 'b'] } } }] }
    const written = users('{ or: [{ alias: { contains: "x" } }, { group: { name: { in: ["a", "b"] } } }] }')
    expect(cost('query ($f: UserFilter) { users(filter: $f) { nodes { id } } }', { f: filter })).toBe(written)
    expect(
      cost(
        'query ($f: UserFilter) { users(filter: { or: [$f] }) { nodes { id } } }'.replace('UserFilter', 'UserFilter!'),
        {
          f: filter,
        },
      ),
    ).toBe(written)
  })

  test('cost: a filter is counted for each list that uses it', () => {
    const filter = '{ alias: { contains: "x" } }'
    const list = users(filter)
    expect(cost(`{ organizations { users(filter: ${filter}) { nodes { id } } } }`)).toBe(10 * (1 + list))
    expect(cost(`{ a: users(filter: ${filter}) { nodes { id } } b: users(filter: ${filter}) { nodes { id } } }`)).toBe(
      2 * list,
    )
  })

  test('cost: an order without an index costs a scan of all users', () => {
    expect(cost('{ users(orderBy: { field: PRIMARY_EMAIL }) { nodes { id } } }')).toBe(51)
    expect(cost('{ users(orderBy: [{ field: LAST_NAME }]) { nodes { id } } }')).toBeGreaterThan(3_000)
    expect(cost('query ($l: Lifecycle) { users(lifecycle: $l) { nodes { id } } }', { l: 'DELETED' })).toBeGreaterThan(
      3_000,
    )
  })
})

const ids = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => `id${i}`))
const heavy: [string, string][] = [
  [
    '190 predicates on aliases',
    `{ users(first: 0, filter: { or: [${times(190, (i) => `{ alias: { contains: "x${i}" } }`)}] }) { totalCount } }`,
  ],
  [
    '190 negated predicates',
    `{ users(filter: { not: { or: [${times(190, (i) => `{ group: { name: { contains: "x${i}" } } }`)}] } }) { nodes { id } } }`,
  ],
  ['overlaps of 500 groups', '{ groups(first: 500) { nodes { overlaps { jaccard } } } }'],
  ['overlaps of 500 groups by id', `{ nodes(ids: ${ids(500)}) { ... on Group { overlaps(first: 1) { jaccard } } } }`],
  [
    'the overlaps of one group 60 times',
    `{ ${times(60, (i) => `a${i}: group(groupId: "1") { overlaps { shared } }`)} }`,
  ],
  [
    '60 large neighborhoods',
    `{ ${times(60, (i) => `a${i}: neighborhood(of: ["x"], depth: 5, limit: 500) { truncated }`)} }`,
  ],
  ['60 searches', `{ ${times(60, (i) => `a${i}: search(text: "x", first: 1) { score }`)} }`],
  ['related users of 500 users', '{ users(first: 500) { nodes { related(first: 1) { score } } } }'],
  ['facets of 60 lists', `{ ${times(60, (i) => `a${i}: users { facets { byGroup { count } } }`)} }`],
  ['counts below 500 users', '{ users(first: 500) { nodes { organization { users(first: 0) { totalCount } } } } }'],
  ['counts of holders below 500 users', '{ users(first: 500) { nodes { roles { users(first: 0) { totalCount } } } } }'],
  [
    'nested lists with null sizes',
    '{ users(first: 500) { nodes { groups(first: null) { nodes { members(last: null) { nodes { id } } } } } } }',
  ],
  [
    '20 introspections',
    `{ ${times(20, (i) => `a${i}: __schema { types { ...t } }`)} } fragment t on __Type { fields { args { type { name } } type { fields { name type { name } } } } }`,
  ],
  ['60 schemas of the subgraph', `{ ${times(60, (i) => `a${i}: _service { sdl }`)} }`],
]

test.each(heavy)('cost: the cost of %s exceeds the limit', (_what, query) => {
  expect(cost(query)).toBeGreaterThan(limit)
})

test('cost: nested fragment spreads are visited once', () => {
  // If each spread were visited, the computation would take more than a year.
  const levels = 45
  const fragments = times(
    levels,
    (i) =>
      `fragment f${i} on UserConnection { ${i === levels - 1 ? 'nodes { id }' : `...f${i + 1} ... @include(if: true) { ...f${i + 1} }`} }`,
  )
  const document = parse(`{ a: users(first: 1) { ...f0 } b: users(first: 2) { ...f0 } } ${fragments}`)
  expect(costOf(document, document.definitions[0] as OperationDefinitionNode, {})).toBe(2 + 3 * 2 ** (levels - 1))
})

test('cost: a large variable that is used many times is visited once', () => {
  let reads = 0
  const one = {
    get status() {
      reads += 1
      return 'ACTIVE'
    },
  }
  const filter = {
    or: Array.from({ length: 14_000 }, () => Object.defineProperties({}, Object.getOwnPropertyDescriptors(one))),
  }
  const document = parse(
    `query ($f: UserFilter) { ${times(60, (i) => `a${i}: users(filter: $f) { totalCount nodes { id } }`)} }`,
  )
  expect(costOf(document, document.definitions[0] as OperationDefinitionNode, { f: filter })).toBeGreaterThan(limit)
  expect(reads).toBe(14_000)
})

describe('cost under a prefix', () => {
  test.each<[string, string, object?]>([
    [
      '{ users(filter: { alias: { contains: "x" }, group: { name: { in: ["a"] } } }) { totalCount nodes { id } } }',
      '{ essentialsUsers(filter: { alias: { contains: "x" }, group: { name: { in: ["a"] } } }) { totalCount nodes { id } } }',
    ],
    [
      'query ($f: UserFilter) { users(filter: $f, orderBy: { field: LAST_NAME }) { totalCount nodes { id } } }',
      'query ($f: EssentialsUserFilter) { essentialsUsers(filter: $f, orderBy: { field: LAST_NAME }) { totalCount nodes { id } } }',
      { f: { hasAliases: false } },
    ],
    [
      '{ neighborhood(of: ["x"], limit: null) { nodes { __typename } edges { kind } } }',
      '{ essentialsNeighborhood(of: ["x"], limit: null) { nodes { __typename } edges { kind } } }',
    ],
    ['{ search(text: "x") { score } }', '{ essentialsSearch(text: "x") { score } }'],
    [
      '{ nodes(ids: ["x", "y"]) { ... on Group { overlaps { shared } } } }',
      '{ nodes(ids: ["x", "y"]) { ... on EssentialsGroup { overlaps { shared } } } }',
    ],
  ])('cost: %s costs the same under a prefix', (query, renamed, variables = {}) => {
    expect(costUnderPrefix(renamed, variables)).toBe(cost(query, variables))
    expect(costUnderPrefix(renamed, variables)).toBeGreaterThan(1_000)
  })

  test('cost: introspection of the prefixed schema stays within the limit', () => {
    const query = getIntrospectionQuery()
    expect(costUnderPrefix(query)).toBeGreaterThan(cost(query) / 2)
    expect(costUnderPrefix(query)).toBeLessThan(limit)
  })

  function costUnderPrefix(query: string, variables: object = {}): number {
    const document = parse(query)
    expect(validate(prefixed, document)).toEqual([])
    const operation = getOperationAST(document)
    return operation ? prefixedCostOf(document, operation, variables as Record<string, unknown>) : Number.NaN
  }
})

test('cost: an operation whose size is a variable is computed anew for each value', () => {
  const document = parse(
    'query ($n: Int, $no: Boolean = false) { users(first: $n) { nodes { id } } a: users @skip(if: $no) { nodes { id } } }',
  )
  const operation = getOperationAST(document) as OperationDefinitionNode
  const costs = [{ n: 10 }, { n: 20 }, { n: 20, no: true }, { n: 10 }].map((variables) =>
    costOf(document, operation, variables),
  )
  expect(costs).toEqual([62, 72, 21, 62])
})
