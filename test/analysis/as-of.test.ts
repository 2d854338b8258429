import { afterAll, expect, test } from 'vitest'
import { pastSchema } from '../../src/db/database.ts'
import { readPast } from '../../src/db/history/read-as-of.ts'
import { putPastViews } from '../../src/db/history/views.ts'
import { errorsOf, graph, observedAt } from '../graph/harness/fixture.ts'
import { testDatabase } from '../support/database.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask, sql } = mirror

const acme = await add.organization('acme', { history_from: '2026-05-01T00:00:00Z' })
const later = '2026-06-02T00:00:00Z'
const group = await add.group(acme, 'grp_001', 'Helpers', { member_count: 7, version_from: later })
await sql`insert into group_versions (group_id, organization_id, name, member_count, valid_from, valid_to) values (${group}, ${acme}, 'Aides', 3, ${observedAt}, ${later})`
const unread = { roles_at: null, aliases_at: null, groups_at: null }
const ann = await add.user(acme, 'ann@acme.example', { first_name: 'Ann', version_from: later, profile_at: later })
await sql`
  insert into user_versions (user_id, organization_id, primary_email, address_key, domain, first_name, type, profile_known, profile_at, valid_from, valid_to)
  values (${ann}, ${acme}, 'Ann@acme.example', 'ann@acme.example', 'acme.example', 'Anna', 'USER', 0, ${observedAt}, ${observedAt}, ${later})`
await add.member(acme, ann, group, { valid_from: later, happened_by: later })
await add.user(acme, 'gone@acme.example', { deleted_at: later, ...unread })
await add.user(acme, 'new@acme.example', { valid_from: later, version_from: later })
const june = (day: number) => `@asOf(time: "2026-06-0${day}T00:00:00.5Z")`

const question =
  '{ users { nodes { primaryEmail firstName deletedAt roles { name } freshness { profileAt relationsAt } } } groups { nodes { name memberCount members { edges { policyState node { primaryEmail } } } } } }'

test('@asOf: all fields of an operation return the state at the moment', async () => {
  expect(await data(`query ${june(1)} ${question}`)).toEqual({
    users: {
      nodes: [
        {
          primaryEmail: 'Ann@acme.example',
          firstName: 'Anna',
          deletedAt: null,
          roles: null,
          freshness: { profileAt: observedAt, relationsAt: null },
        },
        {
          primaryEmail: 'gone@acme.example',
          firstName: null,
          deletedAt: null,
          roles: null,
          freshness: { profileAt: observedAt, relationsAt: null },
        },
      ],
    },
    groups: { nodes: [{ name: 'Aides', memberCount: 3, members: { edges: [] } }] },
  })
  const since = { profileAt: later.replace('Z', '.000000Z'), relationsAt: observedAt }
  expect(await data(`query ${june(2)} ${question}`)).toEqual({
    users: {
      nodes: [
        { primaryEmail: 'ann@acme.example', firstName: 'Ann', deletedAt: null, roles: [], freshness: since },
        {
          primaryEmail: 'new@acme.example',
          firstName: null,
          deletedAt: null,
          roles: [],
          freshness: { profileAt: observedAt, relationsAt: observedAt },
        },
      ],
    },
    groups: {
      nodes: [
        {
          name: 'Helpers',
          memberCount: 7,
          members: { edges: [{ policyState: 'PENDING', node: { primaryEmail: 'ann@acme.example' } }] },
        },
      ],
    },
  })
})

test('@asOf: search and the change feed contain nothing later than the moment', async () => {
  const search =
    '{ search(text: "anna", kinds: [USER]) { node { ... on User { firstName } } } changes { nodes { kind } pageInfo { endCursor } } }'
  expect(await data(`query ${june(1)} ${search}`)).toMatchObject({
    search: [{ node: { firstName: 'Anna' } }],
    changes: { nodes: [] },
  })
})

test('@asOf: a query of the past takes one statement more than the same query of the present', async () => {
  await data(question)
  const now = mirror.statements.filter((statement) => /^\s*(select|with)/i.test(statement)).length
  await data(`query ${june(1)} ${question}`)
  expect(mirror.statements.filter((statement) => /^\s*(select|with)/i.test(statement)).length).toBe(now + 1)
})

test('@asOf: a moment outside the retained history is rejected', async () => {
  const [early] = errorsOf(await ask('query @asOf(time: "2026-04-30T23:59:59Z") { users { totalCount } }'))
  expect(early).toMatchObject({ code: 'OUTSIDE_HISTORY' })
  expect(early?.message).toMatch(
    /^The moment lies outside the retained history; expected a time from 2026-05-01T00:00:00.000000Z to /,
  )
  expect(errorsOf(await ask('query @asOf(time: "9999-01-01T00:00:00Z") { users { totalCount } }'))).toMatchObject([
    { code: 'OUTSIDE_HISTORY' },
  ])
})

test.each([
  [
    'query @asOf(time: "2026-06-01T00:00:00Z") { organization { mirror { state } } }',
    'Organization.mirror does not support @asOf',
  ],
  ['query @asOf(time: "2026-06-01T00:00:00Z") { findings { totalCount } }', 'Query.findings does not support @asOf'],
  [
    'query @asOf(time: "yesterday") { users { totalCount } }',
    expect.stringMatching(/must be an RFC 3339 time, such as 2026-06-01T12:00:00Z or 2026-06-01T14:00:00.250\+02:00$/),
  ],
  [
    'mutation @asOf(time: "2026-06-01T00:00:00Z") { startPull { id } }',
    'Directive "@asOf" may not be used on MUTATION.',
  ],
])('@asOf: %s is rejected by validation', async (document, message) => {
  const answer = await ask(document)
  expect(answer.data).toBeUndefined()
  expect(errorsOf(answer).map((error) => error.message)).toEqual(expect.arrayContaining([message]))
})

test('@asOf: the moment can be a variable, with any UTC offset', async () => {
  const asked = 'query ($time: DateTime! = "2026-06-01T00:00:01Z") @asOf(time: $time) { users { totalCount } }'
  expect(await data(asked)).toEqual({ users: { totalCount: 2 } })
  expect(await data(asked, { time: '2026-06-01T02:00:00+02:00' })).toEqual({ users: { totalCount: 0 } })
  expect(await data(asked, { time: '2026-06-01T02:00:01+02:00' })).toEqual({ users: { totalCount: 2 } })
  expect(errorsOf(await ask(asked, { time: '2026-05-01T01:00:00+02:00' }))).toMatchObject([{ code: 'OUTSIDE_HISTORY' }])
  const [wrong] = errorsOf(await ask(asked, { time: 'yesterday' }))
  expect(wrong?.message).toMatch(/must be an RFC 3339 time/)
})

test('@asOf: aborting a query of the past cancels its statement in Postgres', async () => {
  await using database = await testDatabase()
  const sleeping = () => database.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where query like 'select pg_sleep(1000)%' and state = 'active' and datname = current_database()`
  const leaving = new AbortController()
  const asker = { caller: 'reader', signal: leaving.signal }
  const asked = readPast(
    database,
    asker,
    observedAt,
    async ({ sql: past }) => await past.unsafe('select pg_sleep(1000)'),
  )
  while ((await sleeping()).length === 0) await new Promise(setImmediate)
  leaving.abort()
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  while ((await sleeping()).length > 0) await new Promise(setImmediate)
})

test('@asOf: the views of the past have the columns of their tables, with the same types', async () => {
  const different = await sql`
    select t.table_name, t.column_name from information_schema.columns t
    left join information_schema.columns v on v.table_schema = ${pastSchema} and v.table_name = t.table_name and v.column_name = t.column_name
      and v.udt_name = t.udt_name and v.datetime_precision is not distinct from t.datetime_precision
    where t.table_schema = 'public' and v.column_name is null
      and exists (select from information_schema.views w where w.table_schema = ${pastSchema} and w.table_name = t.table_name)`
  expect([...different]).toEqual([])
})

test('@asOf: queries of the views use the indexes of rows and versions, including through a join', async () => {
  await using database = await testDatabase()
  const planOf = (question: string) =>
    readPast(database, { caller: 'reader' }, observedAt, async ({ sql: past }) => {
      await past`set local enable_seqscan = off`
      const lines = await past.unsafe<{ 'QUERY PLAN': string }[]>(`explain (costs off) ${question}`)
      return lines.map((line) => line['QUERY PLAN'].trim()).join('\n')
    })
  const byId = await planOf(
    "select u.first_name from unnest('{1,2}'::bigint[]) as wanted(id) join users u on u.id = wanted.id",
  )
  expect(byId).toMatch(/users_pkey on users t\w*\nIndex Cond: \(id = wanted\.id\)/)
  expect(byId).toMatch(/user_versions_pkey on user_versions v\w*\nIndex Cond: \(user_id = wanted\.id\)/)
  const bySearch = await planOf("select u.id from users u where u.search_key %> 'ann'")
  expect(bySearch).toMatch(/on users_search\n/)
  expect(bySearch).toMatch(/on user_versions_search\n/)
})

test('@asOf: creating the views again changes nothing', async () => {
  const oids = () => sql`select oid from pg_class where relnamespace = ${pastSchema}::regnamespace order by 1`
  const before = await oids()
  await putPastViews((text) => sql.unsafe(text))
  expect(await oids()).toEqual(before)
})
