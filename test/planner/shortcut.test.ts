/** Queries that Yoga has let through are answered without it, under the same checks. */
import { afterAll, expect, test } from 'vitest'
import { token as adminToken } from '../server/served.ts'
import { serveGraph } from '../server/served-graph.ts'

const served = await serveGraph({ limits: { cost: 2_000 } })
afterAll(() => served[Symbol.asyncDispose]())

const acme = await served.add.organization('acme')
const globex = await served.add.organization('globex')
for (const [organization, name] of [[acme, 'ann'] as const, [globex, 'bob'] as const]) {
  await served.add.user(organization, `${name}@x.example`)
}

const query =
  'query Users($slug: String, $first: Int) { users(organization: $slug, first: $first) { nodes { primaryEmail } } }'
const body = (variables: object, more: object = {}) => JSON.stringify({ query, variables, ...more })

async function post(text: string, headers: Record<string, string> = {}) {
  const answer = await fetch(served.server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminToken}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...headers,
    },
    body: text,
  })
  const { status } = answer
  return { status, headers: answer.headers, text: await answer.text() }
}

const acmeUsers = '{"data":{"users":{"nodes":[{"primaryEmail":"ann@x.example"}]}}}'

test('shortcut: the second answer equals the first, with the same headers and its length', async () => {
  const text = body({ slug: 'acme' })
  const [first, second] = [await post(text), await post(text)]
  expect([first.text, second.text]).toEqual([acmeUsers, acmeUsers])
  for (const name of ['content-type', 'cache-control', 'x-content-type-options', 'content-length']) {
    expect(second.headers.get(name), name).toBe(first.headers.get(name))
  }
  expect(second.headers.get('content-length')).toBe(String(acmeUsers.length))
  const json = await post(text, { accept: 'application/json' })
  expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8')
})

test('shortcut: every caller sees only its own organizations', async () => {
  const ofGlobex = { authorization: `Bearer ${await served.token({ organizations: ['globex'] })}` }
  expect((await post(body({}), ofGlobex)).text).toBe('{"data":{"users":{"nodes":[{"primaryEmail":"bob@x.example"}]}}}')
  expect(JSON.parse((await post(body({ slug: 'acme' }), ofGlobex)).text)).toMatchObject({
    data: { users: null },
    errors: [{ message: 'Unknown organization; expected one of: globex', path: ['users'] }],
  })
})

test('shortcut: a caller without the scope is refused and recorded', async () => {
  const token = await served.token({ name: 'writer', scopes: ['write'] })
  for (const _time of [1, 2]) {
    const { text } = await post(body({ slug: 'acme' }), { authorization: `Bearer ${token}` })
    expect(JSON.parse(text)).toMatchObject({ data: { users: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  }
  await served.audit.close()
  const rows =
    await served.sql`select action, organization from audit_log where viewer = 'writer' and outcome = 'FORBIDDEN'`
  expect(rows).toMatchObject([{ action: 'Query.users', organization: 'acme' }])
})

test('shortcut: a caller without a token is refused', async () => {
  for (const authorization of ['', 'Bearer nobody']) {
    const { status, text } = await post(body({ slug: 'acme' }), { authorization })
    expect([status, text.includes('data')]).toEqual([401, false])
  }
})

test('shortcut: the cost of the variables is limited', async () => {
  const { text } = await post(body({ slug: 'acme', first: 500 }))
  expect(JSON.parse(text)).toMatchObject({ data: expect.anything() })
  const expensive = `query ($n: Int) { ${Array.from({ length: 9 }, (_, i) => `u${i}: users(organization: "acme", first: $n) { nodes { id } }`).join(' ')} }`
  const send = (n: number) => post(JSON.stringify({ query: expensive, variables: { n } }))
  expect(JSON.parse((await send(1)).text)).not.toHaveProperty('errors')
  expect(JSON.parse((await send(500)).text)).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] })
})

test('shortcut: a moment, the cost and invalid variables are left to Yoga', async () => {
  const asOf = await post(body({ slug: 'acme' }), { 'as-of': '2099-01-01T00:00:00Z' })
  expect(JSON.parse(asOf.text)).toMatchObject({ errors: [{ extensions: { code: 'OUTSIDE_HISTORY' } }] })
  const costed = await post(body({ slug: 'acme' }, { extensions: { cost: true } }))
  expect(JSON.parse(costed.text)).toMatchObject({ extensions: { cost: expect.any(Number) } })
  const invalid = await post(body({ slug: 'acme', first: 'x' }))
  expect([invalid.status, JSON.parse(invalid.text)]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
  ])
  expect(JSON.parse((await post(body({ slug: 'acme' }, { operationName: 'None' }))).text)).not.toHaveProperty('data')
})
