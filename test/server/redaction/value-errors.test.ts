/** Errors about values, of variables and of arguments that a resolver rejects, quote no value. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { base64, create, input, secret, serveSecrets } from './secret-server.ts'

const server = await serveSecrets()
afterAll(() => server[Symbol.asyncDispose]())
const { messageFor } = server
beforeEach(() => {
  server.lines.length = 0
})

describe('errors about variables', () => {
  test.each<[string, string, object, string]>([
    [
      'a wrong scalar',
      'query ($n: Int) { users(first: $n) { totalCount } }',
      { n: secret },
      'Variable `$n` must be an integer from -2147483648 to 2147483647',
    ],
    [
      'a wrong boolean',
      'query ($b: Boolean!) { __typename @include(if: $b) }',
      { b: secret },
      'Variable `$b` must be true or false',
    ],
    [
      'a null',
      'query ($b: Boolean!) { __typename @include(if: $b) }',
      { b: null },
      'Variable `$b` must not be null: its type is `Boolean!`',
    ],
    [
      'a missing variable',
      'query ($b: Boolean!) { __typename @include(if: $b) }',
      { [secret]: secret },
      'Variable `$b` is required: its type is `Boolean!`',
    ],
    [
      'a wrong address',
      create,
      { input: { ...input, primaryEmail: secret } },
      'Variable `$input`: field `primaryEmail` must be an email address: an @ between two non-empty parts',
    ],
    [
      'a wrong time',
      'query ($t: DateTime) { changes(since: $t) { nodes { id } } }',
      { t: secret },
      'Variable `$t` must be an RFC 3339 time, such as 2026-06-01T12:00:00Z or 2026-06-01T14:00:00.250+02:00',
    ],
    [
      'a wrong enum value',
      create,
      { input: { ...input, type: secret } },
      'Variable `$input`: field `type` must be one of: ALIAS, USER',
    ],
    [
      'a wrong list item',
      create,
      { input: { ...input, roles: [secret, { [secret]: secret }] } },
      'Variable `$input`: field `roles[1]` must be a string',
    ],
    [
      'a string for an object',
      create,
      { input: secret },
      'Variable `$input` must be an object of the type `CreateUserInput`',
    ],
    [
      'a password in a list',
      create,
      { input: { ...input, password: [secret] } },
      'Variable `$input`: field `password` must be a string',
    ],
  ])('redaction: an error about %s in the variables quotes no value', async (_what, query, variables, message) => {
    expect(await messageFor({ query, variables })).toBe(message)
  })

  test('redaction: an error about an unknown input field quotes neither its name nor its value', async () => {
    const message = await messageFor({ query: create, variables: { input: { ...input, [secret]: secret } } })
    expect(message).toMatch(
      /^Variable `\$input` has a field that `CreateUserInput` does not define; expected: .*password/,
    )
  })

  test('redaction: an error about a missing input field quotes no other field', async () => {
    const message = await messageFor({ query: create, variables: { input: { type: 'USER', password: secret } } })
    expect(message).toBe('Variable `$input`: field `primaryEmail` is required: its type is `EmailAddress!`')
  })
})

describe('errors of resolvers', () => {
  test.each<[string, string, string]>([
    ['a malformed id', `{ node(id: "${secret}") { id } }`, 'Not an ID of this API'],
    [
      'an id of an unknown type',
      `{ node(id: "${base64(`${secret}:1`)}") { id } }`,
      'The ID belongs to an object of another type',
    ],
    ['an id that is too long', `{ node(id: "${secret.repeat(30)}") { id } }`, 'Not an ID of this API'],
    [
      'a malformed cursor',
      `{ users(after: "${secret}") { totalCount nodes { id } } }`,
      '`after` is not a cursor of this list',
    ],
    [
      'a cursor of an unknown order',
      `{ users(after: "${base64(JSON.stringify([secret]))}") { nodes { id } } }`,
      '`after` is a cursor of another list or order',
    ],
    [
      'an unknown organization',
      `{ users(organization: "${secret}") { nodes { id } } }`,
      'Unknown organization; expected one of: acme',
    ],
    [
      'a malformed reference',
      `{ _entities(representations: [{ __typename: "${secret}", ${secret}: "${secret}" }]) { __typename } }`,
      'A representation must be an object with a `__typename` that is one of: User',
    ],
    [
      'a malformed address in a reference',
      `{ _entities(representations: [{ __typename: "User", primaryEmail: "${secret}" }]) { __typename } }`,
      '`primaryEmail` must be an email address',
    ],
    ['a page size', '{ users(first: 4711) { nodes { id } } }', '`first` must be between 0 and 500'],
    [
      'an unknown pull',
      `mutation { resolveQuarantine(pull: "${base64('Pull:4711')}", accept: true) { id } }`,
      'No pull has this ID',
    ],
    ['an unknown user', `mutation { declareUserGone(user: "${base64('User:4711')}") { id } }`, 'No user has this ID'],
  ])('redaction: a resolver error about %s does not quote it', async (_what, query, message) => {
    expect((await messageFor({ query })).slice(0, message.length)).toBe(message)
  })
})
