/** Errors about a document with a secret in its literals and names quote neither. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { serveGraph } from '../served-graph.ts'
import { create, input, secret, serveSecrets } from './secret-server.ts'

const server = await serveSecrets()
afterAll(() => server[Symbol.asyncDispose]())
const { served, post, messageFor } = server
beforeEach(() => {
  server.lines.length = 0
})

describe('errors about documents', () => {
  test.each<[string, string, string]>([
    ['an unknown field', `{ ${secret} }`, 'Unknown field on type `Query`'],
    ['an unknown nested field', `{ organization { ${secret} { id } } }`, 'Unknown field on type `Organization`'],
    [
      'an unknown argument',
      `{ user(${secret}: "${secret}", primaryEmail: "a@b") { id } }`,
      'Unknown argument of `Query.user`; expected one of: organization, primaryEmail',
    ],
    ['an unknown directive', `{ __typename @${secret}(if: "${secret}") }`, 'Unknown directive; expected one of: '],
    [
      'an unknown argument of a directive',
      `{ __typename @include(if: true, ${secret}: "${secret}") }`,
      'Unknown argument of the directive `@include`; expected one of: if',
    ],
    ['an unknown type', `{ ... on ${secret} { id } }`, 'Unknown type'],
    ['an unknown fragment', `{ ...${secret} }`, 'Unknown fragment: it must be defined in the same document'],
    [
      'an unused fragment',
      `{ __typename } fragment ${secret} on Query { __typename }`,
      'A fragment is defined but never used',
    ],
    [
      'a recursive fragment',
      `{ ...${secret} } fragment ${secret} on Query { ...${secret} }`,
      'A fragment must not contain itself',
    ],
    [
      'an undefined variable',
      `{ users(first: $${secret}) { totalCount } }`,
      'A variable is used that the operation does not define',
    ],
    ['an unused variable', `query ($${secret}: Int) { __typename }`, 'A variable is defined but never used'],
    [
      'a string for a number',
      `{ users(first: "${secret}") { totalCount } }`,
      'Argument `first`: a value must be an integer from -2147483648 to 2147483647',
    ],
    ['a number for a string', '{ search(text: 4711.4711) { score } }', 'Argument `text`: a value must be a string'],
    [
      'an unknown enum value',
      `{ search(text: "a", kinds: [${secret}]) { score } }`,
      'Argument `kinds`: a value must be one of: ALIAS, GROUP, ORGANIZATION, ROLE, USER',
    ],
    [
      'an enum value written as a string',
      `{ search(text: "a", kinds: ["${secret}"]) { score } }`,
      'Argument `kinds`: a value must be one of: ALIAS, GROUP, ORGANIZATION, ROLE, USER; enum values are written without quotation marks',
    ],
    [
      'a wrong address',
      `{ identity(address: "${secret}") { address } }`,
      'Argument `address`: a value must be an email address: an @ between two non-empty parts',
    ],
    [
      'a wrong time of @asOf',
      `query @asOf(time: "${secret}") { __typename }`,
      'Argument `time`: a value must be an RFC 3339 time, such as 2026-06-01T12:00:00Z or 2026-06-01T14:00:00.250+02:00',
    ],
    [
      'an unknown field of an input object',
      `{ users(filter: { ${secret}: "${secret}" }) { totalCount } }`,
      'Argument `filter`: a value has a field that `UserFilter` does not define',
    ],
    [
      'a wrong default value',
      `query ($n: Int = "${secret}") { users(first: $n) { totalCount } }`,
      'A default value must be an integer from -2147483648 to 2147483647',
    ],
    [
      'conflicting fields',
      `{ ${secret}: __typename ${secret}: organization { id } }`,
      'Fields of one name conflict: they select different fields, or have different arguments. Give each its own alias',
    ],
    ['a missing argument', `{ ${secret}: node { id } }`, '`Query.node` requires the argument `id` of the type `ID!`'],
    ['a syntax error at a name', `{ organization(${secret}) }`, 'Syntax error: Expected ":", found ")"'],
    ['a syntax error at a string', `{ "${secret}" }`, 'Syntax error: Expected Name, found String'],
    ['a syntax error before a name', `${secret} { id }`, 'Syntax error: Unexpected Name'],
    ['a string without an end', `{ user(primaryEmail: "${secret}`, 'Syntax error: Unterminated string'],
    [
      'a string with a wrong escape',
      `{ user(primaryEmail: "\\u${secret}") { id } }`,
      'Syntax error: Invalid Unicode escape sequence',
    ],
  ])('redaction: an error about %s quotes no literal or unknown name', async (_what, query, message) => {
    const found = await messageFor({ query })
    expect(found.slice(0, message.length)).toBe(message)
  })

  test('redaction: errors keep their location', async () => {
    const { text } = await post({ query: `{\n  organization {\n    ${secret}\n  }\n}` })
    expect(JSON.parse(text).errors).toMatchObject([{ locations: [{ line: 3, column: 5 }] }])
    const syntax = await post({ query: `{\n "${secret}" }` })
    expect(JSON.parse(syntax.text).errors).toMatchObject([{ locations: [{ line: 2, column: 2 }] }])
  })
})

test('redaction: an unknown field is answered with similar ones, or with all of its type', async () => {
  expect(await messageFor({ query: '{ usr { id } }' })).toBe('Unknown field on type `Query`; similar: `user`, `users`')
  expect(await messageFor({ query: '{ organization { budget { xyzzy } } }' })).toBe(
    'Unknown field on type `Budget`; expected one of: limit, pausedUntil, remaining, reservedForWrites, used, windowSeconds',
  )
  const long = await messageFor({ query: `{ ${'x'.repeat(10_000)} }` })
  expect(long).toContain('Unknown field on type `Query`; expected one of: ')
})

test('redaction: an unknown name is answered with similar ones of the schema, at any depth of a literal', async () => {
  const cases: [query: string, message: string][] = [
    ['{ users(fitler: {}) { totalCount } }', 'Unknown argument of `Query.users`; similar: `filter`'],
    ['query ($f: UserFiltr) { users(filter: $f) { totalCount } }', 'Unknown type; similar: `UserFilter`'],
    ['{ users { nodes { id @inclde(if: true) } } }', 'Unknown directive; similar: `include`'],
    [
      'query @include(if: true) { __typename }',
      'The directive `@include` is not allowed here; allowed on: FIELD, FRAGMENT_SPREAD, INLINE_FRAGMENT',
    ],
    [
      '{ users(orderBy: { field: LAST_NAME, fild: NAME }) { totalCount } }',
      'Argument `orderBy`: a value has a field that `UserOrder` does not define; expected: ',
    ],
    [
      'mutation { updateUser(input: { primaryEmail: "a@b", set: { firstNam: "x" } }) { __typename } }',
      'Argument `input`: a value has a field that `UserPatch` does not define; expected: ',
    ],
    [
      'mutation { startOnboarding(input: { users: [{ primaryEmail: "a@b", rolez: [] }] }) { __typename } }',
      'Argument `input`: a value has a field that `CreateUserInput` does not define; expected: ',
    ],
  ]
  for (const [query, message] of cases) {
    const found = await messageFor({ query })
    expect(found.slice(0, message.length)).toBe(message)
  }
})

test('redaction: errors contain no names of the schema if introspection is off', async () => {
  await using closed = await serveGraph({ beside: served, limits: { introspection: 'off' } })
  const messageOf = async (query: string, variables?: object) =>
    (await closed.ask(query, { variables })).body.errors?.[0]?.message
  expect(await messageOf('{ search(text: "a", kinds: [X]) { score } }')).toBe(
    'Argument `kinds`: a value must be a value of the enum `NodeKind`',
  )
  expect(await messageOf('{ usr { id } }')).toBe('Unknown field on type `Query`')
  expect(await messageOf('{ ... on Usr { id } }')).toBe('Unknown type')
  expect(await messageOf('{ __typename @inclde }')).toBe('Unknown directive, or one that is not allowed here')
  expect(await messageOf('{ users(orderBy: { field: LAST_NAME, fild: NAME }) { totalCount } }')).toBe(
    'Argument `orderBy`: a value has a field that `UserOrder` does not define',
  )
  expect(await messageOf('{ user(x: 1, primaryEmail: "a@b") { id } }')).toBe('Unknown argument of `Query.user`')
  expect(await messageOf(create, { input: { ...input, x: 1 } })).toBe(
    'Variable `$input` has a field that `CreateUserInput` does not define',
  )
})
