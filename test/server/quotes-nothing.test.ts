/** Puts a secret into every string of a request. The secret must not appear in the response or in the log. */
import { once } from 'node:events'
import { connect } from 'node:net'
import pino from 'pino'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { token } from './served.ts'
import { serveGraph } from './served-graph.ts'

const secret = 'Swordfish_4711'
const base64 = (text: string) => Buffer.from(text).toString('base64')

const lines: string[] = []
const served = await serveGraph({ logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }) })
afterAll(() => served[Symbol.asyncDispose]())
await served.add.organization('acme')
beforeEach(() => {
  lines.length = 0
})

async function post(body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(served.server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text() }
}

/** Returns the message of the error, after checking that neither the response nor the log contains the secret. */
async function messageFor(body: unknown, headers?: Record<string, string>): Promise<string> {
  const { text } = await post(body, headers)
  const error = JSON.parse(text).errors?.[0]
  expect(error?.message).toEqual(expect.any(String))
  for (const form of [secret, base64(secret), base64(`${secret}:1`)]) {
    expect(text).not.toContain(form)
    expect(lines.join('\n')).not.toContain(form)
  }
  expect(error.extensions.code).not.toBe('INTERNAL_SERVER_ERROR')
  return error.message
}

const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { __typename } }'
const input = { primaryEmail: 'a@b', type: 'USER' }

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

describe('errors about documents', () => {
  test.each<[string, string, string]>([
    ['an unknown field', `{ ${secret} }`, 'Unknown field on type `Query`'],
    ['an unknown nested field', `{ organization { ${secret} { id } } }`, 'Unknown field on type `Organization`'],
    [
      'an unknown argument',
      `{ user(${secret}: "${secret}", primaryEmail: "a@b") { id } }`,
      'Unknown argument of `Query.user`; expected one of: organization, primaryEmail',
    ],
    [
      'an unknown directive',
      `{ __typename @${secret}(if: "${secret}") }`,
      'Unknown directive, or one that is not allowed here',
    ],
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

describe('other parts of a request', () => {
  const query = '{ __typename }'
  test.each<[string, unknown, Record<string, string>?]>([
    ['an operation name', { query, operationName: secret }],
    ['an unknown member of the body', { query, [secret]: secret }],
    ['an object as the query', { query: { [secret]: secret } }],
    ['a string as variables', { query, variables: secret }],
    ['a string as extensions', { query, extensions: secret }],
    ['the documentId', { documentId: secret }],
    ['the hash of a persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: secret } } }],
    ['a body that is not JSON', `{"query": "{ __typename }", "password": "${secret}"`],
    ['a body that is a string', JSON.stringify(secret)],
    ['a body that is a list', JSON.stringify([{ query: secret }])],
    ['a body that is null', 'null'],
    ['the header As-Of', { query }, { 'as-of': secret }],
    ['the header Content-Type', { query }, { 'content-type': `application/json; charset=${secret}` }],
    ['the header Content-Encoding', { query }, { 'content-encoding': secret }],
    ['a token', { query }, { authorization: `Bearer ${secret}` }],
    ['an authorization header without a scheme', { query }, { authorization: secret }],
  ])('redaction: the content of %s is not quoted', async (_what, body, headers) => {
    await messageFor(body, headers)
  })

  test('log: the name of an operation is logged only if the document contains the operation', async () => {
    await post({ query: 'query Known { __typename } query Other { __typename }', operationName: 'Known' })
    await post({ query: `query Known { ${secret} }`, operationName: secret })
    await expect.poll(() => lines.filter((line) => line.includes('"msg":"request"')).length).toBe(2)
    expect(lines.join('\n')).toContain('"operation":"Known"')
    expect(lines.join('\n')).not.toContain(secret)
  })
})

test('redaction: errors contain no names of the schema if introspection is off', async () => {
  await using closed = await serveGraph({ beside: served, limits: { introspection: 'off' } })
  const messageOf = async (query: string, variables?: object) =>
    (await closed.ask(query, { variables })).body.errors?.[0]?.message
  expect(await messageOf('{ search(text: "a", kinds: [X]) { score } }')).toBe(
    'Argument `kinds`: a value must be a value of the enum `NodeKind`',
  )
  expect(await messageOf('{ user(x: 1, primaryEmail: "a@b") { id } }')).toBe('Unknown argument of `Query.user`')
  expect(await messageOf(create, { input: { ...input, x: 1 } })).toBe(
    'Variable `$input` has a field that `CreateUserInput` does not define',
  )
})

describe('limit of errors per response', () => {
  test('errors: a response contains at most 100 errors and the number of those that are not shown', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'
    const answer = await served.ask(query, { variables: { r: Array(5_000).fill({}) } })
    expect(answer.body.errors).toHaveLength(101)
    expect(answer.body.errors?.[99]?.path).toEqual(['_entities', 99])
    expect(answer.body.errors?.[100]).toMatchObject({
      message: '4900 more errors are not shown; an answer holds at most 100',
      extensions: { code: 'TOO_MANY_ERRORS', notShown: 4_900 },
    })
    expect(answer.body.data?._entities).toHaveLength(5_000)
  })

  test('errors: the check of variables and documents stops after 100 errors', async () => {
    const list = await served.ask('query ($f: UserFilter) { users(filter: $f) { totalCount } }', {
      variables: { f: { role: { in: Array(5_000).fill(1) } } },
    })
    const fields = await served.ask(`{ ${Array.from({ length: 1_000 }, (_, i) => `unknown${i}`).join(' ')} }`)
    for (const { status, body } of [list, fields]) {
      expect([status, body.errors?.length]).toEqual([400, 101])
      expect(body.errors?.[100]?.message).toBe('More than 100 errors; the check stopped there')
    }
  })

  test('limits: the number of ids and references to look up is limited over all fields of an operation', async () => {
    const fields = [1, 2, 3].map((i) => `a${i}: _entities(representations: $r) { __typename }`).join(' ')
    const wrong = await served.ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
      variables: { r: Array(5_000).fill({}) },
    })
    expect(wrong.body.errors?.[100]?.extensions.code).toBe('TOO_MANY_ERRORS')
    const alone = await served.ask(`query ($r: [_Any!]!) { ${fields} }`, {
      variables: { r: Array(5_000).fill({ __typename: 'User', primaryEmail: 'a@b' }) },
    })
    expect(alone.body.errors).toMatchObject([
      {
        message: 'The operation exceeds the limit of 5000 IDs and references to look up',
        extensions: { code: 'LIMIT_EXCEEDED' },
      },
    ])
  })
})

/** Sends a request as raw bytes, because HTTP clients merge or reject duplicate headers. */
async function raw(headers: string[]): Promise<string> {
  const socket = connect(served.server.port, '127.0.0.1')
  const body = '{"query":"{__typename}"}'
  socket.write(
    `POST /graphql HTTP/1.1\r\n${headers.join('\r\n')}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  await once(socket, 'close')
  return answer
}

const host = 'Host: localhost'
const authorization = `Authorization: Bearer ${token}`
const type = 'Content-Type: application/json'

test.each([
  ['two tokens', [host, authorization, type, 'authorization: Bearer another']],
  ['one token twice', [host, authorization, authorization, type]],
  ['two hosts', [host, 'HOST: elsewhere', authorization, type]],
  ['two media types', [host, authorization, type, 'content-type: text/plain']],
  ['two encodings', [host, authorization, type, 'content-encoding: identity', 'content-encoding: gzip']],
  ['two As-Of times', [host, authorization, type, 'as-of: 2026-06-01T00:00:00Z', 'as-of: 2026-07-01T00:00:00Z']],
  ['no host', [authorization, type]],
])('http: a request with %s is rejected with status 400', async (_what, headers) => {
  expect(await raw(headers)).toMatch(/^HTTP\/1\.1 400 /)
})

test('http: a request with one of each header is accepted', async () => {
  expect(await raw([host, authorization, type])).toMatch(/^HTTP\/1\.1 200 /)
})

test.each([
  'application/json',
  'Application/JSON',
  'APPLICATION/JSON;CHARSET=UTF-8',
  'application/json ;\t charset="utf-8" ',
  'application/json; charset="u\\tf-8"',
  'application/json; profile="a;b=c"; charset=Utf-8;',
])('http: the media type %j is accepted as JSON in UTF-8', async (contentType) => {
  expect((await post({ query: '{ __typename }' }, { 'content-type': contentType })).status).toBe(200)
})

test.each([
  'application/jsonp',
  'application/json, text/plain',
  'application/json charset=utf-8',
  'application/json; charset=latin1',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; charset = utf-8',
  'application/json; charset="utf-8',
  `application/json${' '.repeat(8_000)}x`,
])('http: the media type %j is rejected with status 415', async (contentType) => {
  expect((await post({ query: '{ __typename }' }, { 'content-type': contentType })).status).toBe(415)
})
