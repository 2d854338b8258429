/** Duplicate headers and media types of requests. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { token } from './served.ts'
import { serveGraph } from './served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())

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

async function statusFor(contentType: string): Promise<number> {
  const answer = await fetch(served.server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': contentType,
      accept: 'application/graphql-response+json',
    },
    body: JSON.stringify({ query: '{ __typename }' }),
  })
  await answer.text()
  return answer.status
}

test.each([
  'application/json',
  'Application/JSON',
  'APPLICATION/JSON;CHARSET=UTF-8',
  'application/json ;\t charset="utf-8" ',
  'application/json; charset="u\\tf-8"',
  'application/json; profile="a;b=c"; charset=Utf-8;',
])('http: the media type %j is accepted as JSON in UTF-8', async (contentType) => {
  expect(await statusFor(contentType)).toBe(200)
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
  expect(await statusFor(contentType)).toBe(415)
})
