import { serverAudits } from 'graphql-http'
import { expect, test } from 'vitest'
import { requestLines, serve, token } from './served.ts'

test('http: the server passes the audits of GraphQL over HTTP', async () => {
  await using served = await serve()
  const audits = serverAudits({
    url: served.server.url,
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${token}`)
      return fetch(url, { ...init, headers })
    },
  })
  const results = await Promise.all(audits.map((audit) => audit.fn()))
  expect(results).toHaveLength(61)
  const short = results.flatMap((result) => (result.status === 'ok' ? [] : [`${result.status}: ${result.name}`]))
  expect(short).toMatchInlineSnapshot(`
    [
      "notice: MAY accept application/x-www-form-urlencoded formatted GET requests",
      "notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json",
      "notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json",
    ]
  `)
})

test('http: only single operations in JSON by POST are accepted', async () => {
  await using served = await serve()
  const send = async (init: RequestInit, path = '/graphql') => {
    const answer = await served.request(path, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    })
    const body = await answer.json()
    return [answer.status, body.errors?.[0].extensions.code ?? body.data, answer.headers.get('allow')]
  }
  const json = { 'content-type': 'application/json' }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await send({}, '/graphql?query={ask}')).toEqual([405, 'BAD_REQUEST', 'POST'])
  expect(await send({ method: 'PUT', body: '{}', headers: json })).toEqual([405, 'BAD_REQUEST', 'POST'])
  expect(await send({ method: 'POST', body: 'query={ask}', headers: form })).toEqual([
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    null,
  ])
  expect(await send({ method: 'POST', body: '{ask}', headers: { 'content-type': 'application/graphql' } })).toEqual([
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    null,
  ])
  expect(await send({ method: 'POST', body: '{}', headers: { ...json, 'content-encoding': 'gzip' } })).toEqual([
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    null,
  ])
  expect(await send({ method: 'POST', body: '[{"query":"{ask}"},{"query":"{ask}"}]', headers: json })).toEqual([
    400,
    'BAD_REQUEST',
    null,
  ])
  expect(
    await send({
      method: 'POST',
      body: '{"query":"{ask}"}',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    }),
  ).toEqual([200, { ask: 'answer' }, null])
  expect(await send({}, '/elsewhere')).toEqual([404, 'NOT_FOUND', null])
})

test('http: a body that exceeds the limit is rejected, with and without a Content-Length', async () => {
  await using served = await serve({}, { maxBodyBytes: 1_000 })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const send = (body: NonNullable<RequestInit['body']>) =>
    served.request('/graphql', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  const bodyOf = (length: number) => JSON.stringify({ query: '{ask}' }).padEnd(length)
  const streamed = (length: number) => new Blob([bodyOf(length)]).stream()
  expect((await send(bodyOf(1_000))).status).toBe(200)
  expect((await send(streamed(1_000))).status).toBe(200)
  for (const body of [bodyOf(1_001), streamed(1_001), bodyOf(5_000_000), streamed(5_000_000)]) {
    const answer = await send(body)
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_ENTITY_TOO_LARGE' } }] })
  }
})

test('http: the response to a query as an event stream is one event', async () => {
  await using served = await serve()
  const answer = await served.operation('{ ask }', { headers: { accept: 'text/event-stream' } })
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  expect(await answer.text()).toContain('{"data":{"ask":"answer"}}')
})

test('log: each request is one line, without tokens, variables or URL parameters', async () => {
  await using served = await serve()
  const query = 'query Named($number: Int! = 3) { ask(number: $number) }'
  await served.operation(query, { variables: { number: 7_777 }, headers: { 'x-request-id': 'one-2.three' } })
  await served.operation('{ nothing }')
  await served.request('/graphql?token=secret', { method: 'POST', headers: { authorization: 'Bearer secret' } })
  await served.request('/health/live')
  const lines = await requestLines(served, 4)
  expect(
    lines.map(({ level, method, path, operation, viewer, status }) => ({
      level,
      method,
      path,
      operation,
      viewer,
      status,
    })),
  ).toMatchInlineSnapshot(`
    [
      {
        "level": 30,
        "method": "POST",
        "operation": "Named",
        "path": "/graphql",
        "status": 200,
        "viewer": "admin",
      },
      {
        "level": 30,
        "method": "POST",
        "operation": undefined,
        "path": "/graphql",
        "status": 400,
        "viewer": "admin",
      },
      {
        "level": 30,
        "method": "POST",
        "operation": undefined,
        "path": "/graphql",
        "status": 401,
        "viewer": undefined,
      },
      {
        "level": 20,
        "method": "GET",
        "operation": undefined,
        "path": "/health/live",
        "status": 200,
        "viewer": undefined,
      },
    ]
  `)
  expect(lines[0]?.id).toBe('one-2.three')
  expect(lines.every((line) => typeof line.durationMs === 'number')).toBe(true)
  expect(JSON.stringify(served.lines)).not.toMatch(/secret|7777|a-token/)
})

test('http: a valid X-Request-ID is returned, and an invalid or missing one is replaced by a random one', async () => {
  await using served = await serve()
  const idOf = async (given?: string) =>
    (
      await served.request('/health/live', given === undefined ? {} : { headers: { 'x-request-id': given } })
    ).headers.get('x-request-id')
  expect(await idOf('abc-1')).toBe('abc-1')
  const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
  expect(await idOf()).toMatch(uuid)
  expect(await idOf('a b')).toMatch(uuid)
  expect(await idOf('x'.repeat(129))).toMatch(uuid)
  expect((await served.operation('{ ask }')).headers.get('x-request-id')).toMatch(uuid)
})

test('http: a document from the cache is executed again for each request', async () => {
  let asked = 0
  await using served = await serve({ ask: () => String(++asked) })
  const answers = []
  for (let round = 0; round < 3; round++) answers.push(await (await served.operation('{ ask }')).json())
  expect(answers).toEqual([{ data: { ask: '1' } }, { data: { ask: '2' } }, { data: { ask: '3' } }])
})

test('http: a byte order mark before the JSON body is ignored', async () => {
  await using served = await serve()
  const answer = await served.request('/graphql', {
    method: 'POST',
    body: `\uFEFF${JSON.stringify({ query: '{ __typename }' })}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  expect([answer.status, await answer.json()]).toEqual([200, { data: { __typename: 'Query' } }])
})
