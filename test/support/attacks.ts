/**
 * Requests that are expensive to answer or to reject: bodies for POST /graphql, each within the server's size limit.
 */

const times = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')
const nested = (levels: number) => `${'{ organization { users { nodes '.repeat(levels)}{ id }${' } } }'.repeat(levels)}`
const body = (query: string, variables?: object) => JSON.stringify({ query, variables })
const filtered = 'query ($filter: UserFilter) { users(filter: $filter) { totalCount } }'
const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { __typename } }'
const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'
const references = (of: (index: number) => unknown) => ({ r: Array.from({ length: 5_000 }, (_, i) => of(i)) })
const deep = (levels: number, inner: string) => `${'{"not":'.repeat(levels)}${inner}${'}'.repeat(levels)}`
const pass = (length: number) => 'pass'.repeat(length / 4)
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`password${i}`, i]))

/** By description. */
export const attacks: Readonly<Record<string, string>> = {
  '10,000 aliases': body(`{ ${times(10_000, (i) => `a${i}: __typename`)} }`),
  'nesting of 1,000': body(nested(333)),
  'variables of 100,000 values': body(filtered, { filter: { or: Array.from({ length: 100_000 }, () => ({})) } }),
  'variables 20,000 levels deep': `{"query":${JSON.stringify(filtered)},"variables":{"filter":${deep(20_000, '{}')}}}`,
  'fragments in circles': body('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'),
  'a batch of 1,000': JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' }))),
  'the same field 1,000 times': body(`{ ${times(1_000, () => '__typename')} }`),

  '200 kB of passpass, which is no JSON': pass(200_000),
  '900 kB of open brackets': '['.repeat(900_000),
  'a document of 200 kB of passpass': body(`{ ${pass(200_000)} }`),
  'a document of one name of 59,000 characters': body(`{ ${pass(59_000)} }`),
  'a document of one string of 59,000 characters': body(`{ user(primaryEmail: "${pass(59_000)}") { id } }`),
  'a document of 2,900 fields that are unknown': body(`{ ${times(2_900, (i) => `unknown${i}`)} }`),
  '900 arguments that are unknown': body(`{ user(${times(900, (i) => `unknown${i}: 1`)}) { id } }`),
  '59 fragments on unknown types': body(
    `{ __typename ${times(59, (i) => `...f${i}`)} } ${times(59, (i) => `fragment f${i} on ${'Unknown'.repeat(40)}${i} { id }`)}`,
  ),
  'a wrong literal behind 55,000 lines': body(`{${'\n'.repeat(55_000)} ${times(300, () => '... { unknown }')} }`),
  '1,400 values that are no enum value': body(
    `{ search(text: "a", kinds: [${times(1_400, (i) => `X${i}`)}]) { score } }`,
  ),
  '1,400 equal fields in inline fragments': body(`{ ${times(175, () => `... { ${times(8, () => '__typename')} }`)} }`),
  '1,100 conflicting fields in inline fragments': body(
    `{ ${times(59, (i) => `... { x: user(primaryEmail: "${i}") { id } }`)} ${times(100, () => '... { organization { id } }')} }`,
  ),
  '58 fragments that spread each other': body(
    `{ ...f0 } ${times(58, (i) => `fragment f${i} on Query { ${times(14, (j) => `...f${(i + j + 1) % 58}`)} __typename }`)}`,
  ),
  '58 fragments with overlapping fields': body(
    `{ ${times(58, (i) => `...f${i}`)} } ${times(58, (i) => `fragment f${i} on Query { organization { users { nodes { groups { nodes { members { nodes { id } } } } } } } }`)}`,
  ),
  '400 variables that are not given': body(
    `query (${times(400, (i) => `$v${i}: Int!`)}) { __typename ${times(4, (i) => `@include(if: $v${i})`)} }`,
  ),
  '500 variables of objects': body(
    `query (${times(290, (i) => `$v${i}: UserFilter`)}) { __typename ${times(50, (i) => `a${i}: users(filter: $v${i}) { totalCount }`)} }`,
    Object.fromEntries(Array.from({ length: 290 }, (_, i) => [`v${i}`, { unknown: pass(3_000) }])),
  ),

  'a password of 200 kB': body(create, { input: { primaryEmail: 'x@y', password: pass(200_000), unknown: 1 } }),
  '29,000 fields that are unknown': body(create, { input: keys(29_000) }),
  '29,000 values in place of strings': body(filtered, {
    filter: { role: { in: Array.from({ length: 29_000 }, (_, i) => i) } },
  }),
  '29,000 objects in place of strings': body(filtered, {
    filter: { role: { in: Array.from({ length: 14_500 }, () => ({ password: 'x' })) } },
  }),
  '29,000 values that are right, and too many': body(filtered, {
    filter: { role: { in: Array.from({ length: 29_000 }, () => 'x') } },
  }),
  '190 filters of 150 values': body(filtered, {
    filter: {
      or: Array.from({ length: 190 }, () => ({ role: { in: Array.from({ length: 150 }, (_, i) => `x${i}`) } })),
    },
  }),
  'filters of every kind, 39 levels deep': `{"query":${JSON.stringify(filtered)},"variables":{"filter":${deep(38, '{"password":1}')}}}`,
  'a number of 900,000 digits': `{"query":${JSON.stringify(filtered)},"variables":{"filter":${'9'.repeat(900_000)}}}`,
  'an id of 900 kB': body('query ($id: ID!) { node(id: $id) { id } }', { id: pass(900_000) }),
  'a time of 900 kB': body('query ($t: DateTime!) { changes(since: $t) { nodes { id } } }', {
    t: `2026-06-01T00:00:00.${'1'.repeat(900_000)}`,
  }),
  'an address of 900 kB': body('query ($a: EmailAddress!) { identity(address: $a) { address } }', {
    a: `${'a'.repeat(900_000)}`,
  }),
  '60 times 500 wrong ids': body(`query ($ids: [ID!]!) { ${times(60, (i) => `a${i}: nodes(ids: $ids) { id }`)} }`, {
    ids: Array.from({ length: 500 }, (_, i) => `wrong-${i}`),
  }),

  '5,000 references that are strings': body(
    entities,
    references(() => pass(100)),
  ),
  '5,000 references that are empty': body(
    entities,
    references(() => ({})),
  ),
  '5,000 references of unknown types': body(
    entities,
    references((i) => ({ __typename: `Passpass${i}`, password: 'x' })),
  ),
  '5,000 references without a key': body(
    entities,
    references(() => ({ __typename: 'User', password: pass(100) })),
  ),
  '5,000 references with wrong ids': body(
    entities,
    references((i) => ({ __typename: 'User', id: `wrong-${i}` })),
  ),
  '5,000 references with wrong addresses': body(
    entities,
    references((i) => ({ __typename: 'User', primaryEmail: `${i}` })),
  ),
  '5,000 references to missing users': body(
    entities,
    references((i) => ({ __typename: 'User', primaryEmail: `u${i}@nowhere.example` })),
  ),
  '5,000 wrong references behind 55,000 lines': JSON.stringify({
    query: entities.replace('{', `{${'\n'.repeat(55_000)}`),
    variables: references(() => ({})),
  }),
  '19 times 5,000 wrong references': body(
    `query ($r: [_Any!]!) { ${times(19, (i) => `a${i}: _entities(representations: $r) { __typename }`)} }`,
    references(() => ({})),
  ),
  '500 users with 50 fields each, under 55 names': body(
    `{ users(first: 500) { nodes { ${times(55, (i) => `a${i}: organization { id slug name }`)} } } }`,
  ),
  'every field of 500 users, by edges and nodes': body(
    '{ users(first: 500) { totalCount edges { cursor node { ...f } } nodes { ...f } } } fragment f on User { id primaryEmail firstName lastName type status mailboxSize spamPolicy createdAt updatedAt roles { id name } aliases { id address } groups { totalCount nodes { id name } } organization { id slug } freshness { profileAt } }',
  ),
  'the whole schema, under 20 names': body(
    `{ ${times(20, (i) => `a${i}: __schema { types { name description fields { name description args { name description type { name } } type { name } } } }`)} }`,
  ),
  'a wrong cursor at 60 fields of each of 500 users': body(
    `{ users(first: 500) { nodes { ${times(58, (i) => `a${i}: changes(first: 0, after: "x") { pageInfo { endCursor } }`)} } } }`,
  ),
}
