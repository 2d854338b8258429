/**
 * The checks of graphql-cop, the access settings, the limit of requests per minute, trusted documents, and the
 * cancellation of statements.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { openCallerRequests } from '../../../src/rate-limit/caller-requests.ts'
import { idOf } from '../../../src/server/graphql/trusted-documents.ts'
import { serve, token } from '../served.ts'
import { serveGraph } from '../served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
const times = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')

describe.each([
  ['without a token', {}],
  ['with a token', { authorization: `Bearer ${token}` }],
])('graphql-cop, %s', (_whose, authorization) => {
  const post = async (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) => {
    const answer = await fetch(served.server.url, {
      method: 'POST',
      headers: { ...authorization, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return await answer.json()
  }
  const circle = `${'fields { name type { '.repeat(5)}name${' } }'.repeat(5)}`

  test('graphql-cop: alias overloading is rejected', async () => {
    expect(await post({ query: `query cop { ${times(101, (i) => `alias${i}:__typename`)} }` })).not.toHaveProperty(
      'data',
    )
  })
  test('graphql-cop: array-based batching is rejected', async () => {
    const answer = await post(Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' })))
    expect(Array.isArray(answer)).toBe(false)
  })
  test('graphql-cop: directive overloading gives a single error', async () => {
    const answer = await post({ query: `query cop { __typename ${'@aa'.repeat(10)} }` })
    expect(answer.errors).toHaveLength(1)
  })
  test('graphql-cop: circular introspection is rejected', async () => {
    expect(await post({ query: `query cop { __schema { types { ${circle} } } }` })).not.toHaveProperty('data')
  })
  test('graphql-cop: field duplication is rejected', async () => {
    expect(await post({ query: `query cop { ${times(500, () => '__typename')} }` })).not.toHaveProperty('data')
  })
  test('graphql-cop: errors contain no field suggestions', async () => {
    const { errors } = await post({ query: 'query cop { __schema { directive } usr { id } }' })
    expect(errors[0].message).not.toMatch(/did you mean/i)
  })
  test('graphql-cop: queries and mutations by GET are rejected', async () => {
    for (const query of ['query cop{__typename}', 'mutation cop{__typename}']) {
      const url = new URL(served.server.url)
      url.searchParams.set('query', query)
      expect(await (await fetch(url, { headers: authorization })).json()).not.toHaveProperty('data')
    }
  })
  test('graphql-cop: operations in form encoding are rejected', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await post('query=query+cop+%7B__typename%7D', form)).not.toHaveProperty('data')
  })
  test('graphql-cop: responses contain no tracing data', async () => {
    const answer = await post({ query: 'query cop { __typename }' })
    expect(answer.extensions?.tracing).toBeUndefined()
  })
  test('graphql-cop: no common GraphQL IDE is served', async () => {
    for (const path of ['/graphql', '/graphiql', '/playground', '/console']) {
      const answer = await fetch(new URL(path, served.server.url), {
        headers: { ...authorization, accept: 'text/html' },
      })
      expect(await answer.text()).not.toMatch(/graphiql|graphql playground|apollo sandbox/i)
    }
  })
  test('graphql-cop: errors contain no exception or stack trace', async () => {
    const answer = await post({ query: 'qwerty cop { abc }' })
    expect(JSON.stringify(answer)).not.toMatch(/exception|stack|node_modules/i)
  })
})

const introspection = '{ __schema { queryType { name } } }'
const anonymous = (query: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
  body: JSON.stringify({ query }),
})

test('introspection: a token is required by default', async () => {
  expect((await served.ask(introspection, { token: null })).status).toBe(401)
  expect((await served.ask(introspection)).body.data).toBeDefined()
})

test('introspection: the setting public opens introspection without a token, and no other operation', async () => {
  await using open = await serve({}, { limits: { introspection: 'public' } })
  expect(await (await open.request('/graphql', anonymous(introspection))).json()).toHaveProperty('data')
  for (const query of [
    '{ ask }',
    `{ ...f ${introspection.slice(2)} fragment f on Query { ask }`,
    'mutation { change }',
  ]) {
    const answer = await open.request('/graphql', anonymous(query))
    expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
  }
})

test('introspection: the setting off disables introspection', async () => {
  await using closed = await serve({}, { limits: { introspection: 'off' } })
  expect((await closed.operation(introspection)).status).toBe(400)
})

test('explorer: the setting off disables it', async () => {
  await using without = await serve({}, { explorer: 'off' })
  for (const path of ['/', '/graphql', '/users', '/editor'])
    expect([200, 303, 503]).not.toContain((await without.request(path, { headers: { accept: 'text/html' } })).status)
})

test('request limit: requests per minute are counted for each caller across all processes', async () => {
  const clock = { now: 0 }
  const [one, two] = [1, 2].map(() => openCallerRequests(served.sql, 100, () => clock.now))
  if (!one || !two) throw new Error('two were opened')
  const asked = await Promise.all(Array.from({ length: 150 }, (_, i) => (i % 2 ? one : two).take('ann')))
  const granted = asked.filter((answer) => answer.granted).length
  // The minute of the database clock may change in between.
  expect([100, 150]).toContain(granted)
  expect(await one.take('bob')).toEqual({ granted: true })
  clock.now += 60_000
  await served.sql`update caller_requests set minute = minute - interval '1 minute'`
  expect(await one.take('ann')).toEqual({ granted: true })
})

test('request limit: a request over the limit gets status 429 with Retry-After', async () => {
  await using limited = await serve({}, { takeRequest: async () => ({ granted: false, retryAfterSeconds: 7 }) })
  const answer = await limited.operation('{ ask }')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }] })
})

test('trusted documents: they can be requested by hash, and other documents can be rejected', async () => {
  const known = '{ ask }'
  const manifest = new Map([[idOf(known), known]])
  const send = async (only: boolean, params: object) => {
    await using trusting = await serve({}, { trustedDocuments: { manifest, only } })
    const answer = await trusting.request('/graphql', {
      ...anonymous(''),
      headers: { ...anonymous('').headers, authorization: `Bearer ${token}` },
      body: JSON.stringify(params),
    })
    const { data, errors } = await answer.json()
    return data ?? errors[0].extensions.code
  }
  expect(await send(true, { documentId: idOf(known) })).toEqual({ ask: 'answer' })
  expect(
    await send(true, { extensions: { persistedQuery: { version: 1, sha256Hash: idOf(known).slice(7) } } }),
  ).toEqual({ ask: 'answer' })
  expect(await send(true, { query: known })).toEqual({ ask: 'answer' })
  expect(await send(true, { query: '{ ask(number: 2) }' })).toBe('DOCUMENT_NOT_TRUSTED')
  expect(await send(true, { documentId: idOf(known), query: '{ ask(number: 2) }' })).toBe('DOCUMENT_NOT_TRUSTED')
  expect(await send(false, { query: '{ ask(number: 2) }' })).toEqual({ ask: 'answer' })
  expect(await send(false, { documentId: idOf('{ whole }') })).toBe('PERSISTED_QUERY_NOT_FOUND')
})

test('trusted documents: without a manifest, a hash alone gets PERSISTED_QUERY_NOT_SUPPORTED', async () => {
  await using served = await serve()
  const send = async (accept: string, params: object) => {
    const headers = { ...anonymous('').headers, accept, authorization: `Bearer ${token}` }
    const answer = await served.request('/graphql', { ...anonymous(''), headers, body: JSON.stringify(params) })
    return [answer.status, await answer.json()]
  }
  const persistedQuery = { version: 1, sha256Hash: idOf('{ ask }').slice(7) }
  const extensions = { code: 'PERSISTED_QUERY_NOT_SUPPORTED' }
  const answer = { errors: [{ message: 'PersistedQueryNotSupported', extensions }] }
  for (const params of [{ extensions: { persistedQuery } }, { query: null, extensions: { persistedQuery } }]) {
    expect(await send('application/json', params)).toEqual([200, answer])
    expect(await send('application/graphql-response+json', params)).toEqual([400, answer])
  }
  expect(await send('*/*', { query: '{ ask }', extensions: { persistedQuery } })).toEqual([
    200,
    { data: { ask: 'answer' } },
  ])
})

test('timeout: an operation that times out cancels its statement in Postgres', async () => {
  const { sql, database } = served
  const sleeping = () => sql<{ pid: number }[]>`
    select pid from pg_stat_activity where query like 'select pg_sleep(1000)%' and state = 'active' and datname = current_database()`
  await using slow = await serve(
    {
      ask: ({ signal }) =>
        database
          .read({ caller: 'reader', signal })
          .sql.unsafe('select pg_sleep(1000)')
          .then(() => 'slept'),
    },
    { operationTimeoutMs: 300 },
  )
  const answer = slow.operation('{ ask }')
  await until(async () => (await sleeping()).length === 1)
  expect((await answer).status).toBe(504)
  await until(async () => (await sleeping()).length === 0)
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate)
}
