import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { serveGraph } from './served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
const { add, ask, sql } = served

const acme = await add.organization('acme', { history_from: '2026-05-01T00:00:00Z' })
await add.user(acme, 'ann@acme.example', { deleted_at: '2026-06-02T00:00:00Z' })
const [before, after] = ['2026-06-01T12:00:00Z', '2026-06-03T12:00:00Z']
const users = '{ users { nodes { primaryEmail } } }'
const asOf = (time: string) => ({ headers: { 'as-of': time } })
const findings = '{ findings { totalCount } }'
const refused = 'Query.findings does not support @asOf'

test('As-Of: the header works like the directive @asOf, and the directive takes precedence', async () => {
  const ann = { data: { users: { nodes: [{ primaryEmail: 'ann@acme.example' }] } } }
  const none = { data: { users: { nodes: [] } } }
  expect((await ask(users)).body).toEqual(none)
  expect((await ask(users, asOf(before))).body).toEqual(ann)
  expect((await ask(users, asOf('2026-06-01T14:00:00+02:00'))).body).toEqual(ann)
  expect((await ask(users, asOf(after))).body).toEqual(none)
  expect((await ask(`query @asOf(time: "${before}") ${users}`, asOf(after))).body).toEqual(ann)
})

test('As-Of: a field without history is rejected only in the requests that have the header', async () => {
  const first = await ask(findings)
  const then = await ask(findings, asOf(before))
  const last = await ask(findings)
  expect(then.status).toBe(400)
  expect(then.body).toMatchObject({ errors: [{ message: refused, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
  expect([first.body, last.body]).toEqual([
    { data: { findings: { totalCount: 0 } } },
    { data: { findings: { totalCount: 0 } } },
  ])
})

test.each([
  [
    'yesterday',
    'BAD_USER_INPUT',
    '`As-Of` must be an RFC 3339 time, such as 2026-06-01T12:00:00Z or 2026-06-01T14:00:00.250+02:00',
  ],
  [
    '2026-04-30T00:00:00Z',
    'OUTSIDE_HISTORY',
    'The moment lies outside the retained history; expected a time from 2026-05-01T00:00:00.000000Z to',
  ],
])('As-Of: the value %s is rejected with %s', async (time, code, message) => {
  const { status, body } = await ask(users, asOf(time))
  expect(status).toBe(400)
  expect(body.data).toBeUndefined()
  expect(body.errors).toMatchObject([{ message: expect.stringContaining(message), extensions: { code } }])
})

test('As-Of: a mutation with the header is rejected', async () => {
  const { body } = await ask('mutation { startPull { id } }', asOf(before))
  expect(body.errors?.map(({ message }) => message)).toEqual([
    '@asOf applies to queries only; this operation is a mutation',
  ])
})

test('As-Of: a node without history fails alone and leaves the other nodes intact', async () => {
  const pull = await beginPull(sql, acme, 'REQUEST')
  const ids = [encodeGlobalId('Pull', pull), encodeGlobalId('Organization', acme)]
  const nodes = `{ nodes(ids: ${JSON.stringify(ids)}) { id } }`
  expect((await ask(nodes)).body).toEqual({ data: { nodes: ids.map((id) => ({ id })) } })
  const { body } = await ask(nodes, asOf(before))
  expect(body.data).toEqual({ nodes: [null, { id: ids[1] }] })
  expect(body.errors).toMatchObject([
    {
      message: 'The ID belongs to a Pull, which does not support @asOf',
      path: ['nodes', 0],
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ])
})
