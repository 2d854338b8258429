/** Neither a response nor the log quotes the other parts of a request: its headers, its body and its operation name. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { secret, serveSecrets } from './secret-server.ts'

const server = await serveSecrets()
afterAll(() => server[Symbol.asyncDispose]())
const { lines, post, messageFor } = server
beforeEach(() => {
  server.lines.length = 0
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
