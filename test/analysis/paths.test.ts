import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph, observedAt } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask } = mirror

const acme = await add.organization('acme')
const retired = await add.organization('retired', { retired_at: observedAt })
const [left, right, island] = [
  await add.group(acme, 'grp_001', 'Left'),
  await add.group(acme, 'grp_002', 'Right'),
  await add.group(acme, 'grp_003', 'Island'),
]
const users: number[] = []
for (let i = 0; i < 20; i += 1) users.push(await add.user(acme, `u${i}@acme.example`))
const [ann = 0, bob = 0] = users
for (const user of users.slice(1)) await add.member(acme, user, left)
for (const user of [ann, ...users.slice(10)]) await add.member(acme, user, right)
const alias = await add.alias(acme, ann, 'alias@acme.example')
const hidden = await add.user(retired, 'hidden@acme.example')
const gone = await add.user(acme, 'gone@acme.example', { deleted_at: observedAt })

const id = (type: string, key: number) => encodeGlobalId(type, key)
const paths = (from: string, to: string, args = '') =>
  `{ paths(from: "${from}", to: "${to}"${args}) { length truncated paths { length } } }`

test('paths: an end can be a group or an alias, and a node has a path of length 0 to itself', async () => {
  const lengthOf = async (from: string, to: string) => (await data(paths(from, to))).paths
  expect(await lengthOf(id('User', ann), id('User', ann))).toEqual({
    length: 0,
    truncated: false,
    paths: [{ length: 0 }],
  })
  expect(await lengthOf(id('Alias', alias), id('Group', right))).toMatchObject({ length: 2 })
  expect(await lengthOf(id('User', ann), id('Group', island))).toEqual({ length: null, truncated: false, paths: [] })
  expect(await lengthOf(id('User', ann), id('User', gone))).toEqual({ length: null, truncated: false, paths: [] })
})

test('paths: the result is null if an end does not exist, unlike the empty result of unconnected ends', async () => {
  expect(await data(paths(id('User', ann), id('User', 999)))).toEqual({ paths: null })
  expect(await data(paths(id('User', ann), id('User', hidden)))).toEqual({ paths: null })
})

test('paths: the result is marked as truncated if there are more paths than `limit`', async () => {
  const all = await data(paths(id('User', ann), id('User', bob)))
  expect(all).toEqual({ paths: { length: 4, truncated: false, paths: Array(10).fill({ length: 4 }) } })
  const few = await data(paths(id('User', ann), id('User', bob), ', limit: 9'))
  expect(few).toEqual({ paths: { length: 4, truncated: true, paths: Array(9).fill({ length: 4 }) } })
  expect(await data(paths(id('User', ann), id('User', bob), ', maxLength: 3'))).toMatchObject({
    paths: { length: null },
  })
})

test('paths: one statement reads the ends, four the search and one the nodes', async () => {
  await data(
    `{ paths(from: "${id('User', ann)}", to: "${id('User', bob)}") { paths { nodes { ... on User { primaryEmail } ... on Group { name members { totalCount } } } } } }`,
  )
  expect(mirror.statements.length).toBe(6)
})

test('neighborhood: one large group does not displace the other neighbors', async () => {
  const answer = (await data(
    `{ neighborhood(of: ["${id('Group', left)}", "${id('User', ann)}"], limit: 6) { truncated nodes { __typename ... on Node { id } } } }`,
  )) as { neighborhood: { truncated: boolean; nodes: { id: string }[] } }
  expect(answer.neighborhood.truncated).toBe(true)
  expect(answer.neighborhood.nodes.map((node) => node.id)).toEqual([
    id('Group', left),
    id('User', ann),
    id('User', bob),
    id('Group', right),
    id('User', users[2] ?? 0),
    id('Alias', alias),
  ])
})

test('neighborhood: unknown centers are left out, and the result is null if all are unknown', async () => {
  const of = (...ids: string[]) =>
    `{ neighborhood(of: ${JSON.stringify(ids)}, depth: 0) { truncated nodes { ... on Node { id } } edges { kind } } }`
  expect(await data(of(id('User', 999), id('User', ann)))).toEqual({
    neighborhood: { truncated: false, nodes: [{ id: id('User', ann) }], edges: [] },
  })
  expect(await data(of(id('User', hidden)))).toEqual({ neighborhood: null })
})

test('neighborhood: the centers, each step, the edges and the nodes take one statement each', async () => {
  await data(
    `{ neighborhood(of: ["${id('User', ann)}"], depth: 2) { nodes { ... on User { primaryEmail roles { name } } ... on Group { name } ... on Alias { address } } edges { kind } } }`,
  )
  expect(mirror.statements.length).toBe(5)
})

const someone = id('User', ann)
test.each([
  [
    `paths(from: "${someone}", to: "x") { length }`,
    'Not an ID of this API; expected an unchanged value of an `id` field',
  ],
  [
    `paths(from: "${id('Organization', acme)}", to: "${someone}") { length }`,
    'The ID belongs to an object of another type; expected the ID of one of User, Group, Role, Alias',
  ],
  [
    `paths(from: "${someone}", to: "${someone}", maxLength: 13) { length }`,
    '`maxLength` must be between 0 and 12 relationships',
  ],
  [`paths(from: "${someone}", to: "${someone}", limit: 101) { length }`, '`limit` must be between 0 and 100 chains'],
  ['neighborhood(of: []) { truncated }', '`of` must contain 1 to 50 IDs'],
  [`neighborhood(of: ["${someone}"], depth: 6) { truncated }`, '`depth` must be between 0 and 5 steps'],
  [`neighborhood(of: ["${someone}"], limit: 0) { truncated }`, '`limit` must be between 1 and 2000 nodes'],
])('graph queries: %s is rejected', async (field, message) => {
  expect(errorsOf(await ask(`{ ${field} }`))).toEqual([
    { message, code: 'BAD_USER_INPUT', path: [field.split('(')[0]] },
  ])
})

test('paths: a search that exceeds the limit of relationships read fails with the name of the limit', async () => {
  const [one, two] = [await add.group(acme, 'grp_004', 'One half'), await add.group(acme, 'grp_005', 'Other half')]
  await mirror.sql`
    insert into users (id, organization_id, primary_email, address_key, domain, type, profile_known, profile_at, valid_from, version_from)
    select n, ${acme}, n || '@many.example', n || '@many.example', 'many.example', 'USER', 0, ${observedAt}, ${observedAt}, ${observedAt} from generate_series(1000001, 1200100) n`
  await mirror.sql`
    insert into memberships (user_id, group_id, organization_id, happened_by, valid_from)
    select n, case when n <= 1100050 then ${one}::bigint else ${two} end, ${acme}, ${observedAt}, ${observedAt} from generate_series(1000001, 1200100) n`
  expect(errorsOf(await ask(paths(id('Group', one), id('Group', two))))).toEqual([
    {
      message:
        'No answer was found within the limit of 100000 relationships read; reduce `maxLength`, or pass fewer kinds in `via`',
      code: 'TOO_MUCH_WORK',
      path: ['paths'],
    },
  ])
})
