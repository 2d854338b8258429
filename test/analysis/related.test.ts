import { afterAll, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph, observedAt } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask } = mirror

const acme = await add.organization('acme')
const retired = await add.organization('retired', { retired_at: observedAt })
const everybody = await add.role(acme, 'USER')
const admin = await add.role(acme, 'ADMINISTRATOR')
const [small, large, past] = [
  await add.group(acme, 'grp_001', 'Small'),
  await add.group(acme, 'grp_002', 'Large'),
  await add.group(acme, 'grp_003', 'Past'),
]
const person = async (name: string, groups: number[], row = {}) => {
  const id = await add.user(acme, `${name}@acme.example`, row)
  await add.grant(acme, id, everybody)
  for (const group of groups) await add.member(acme, id, group)
  return id
}
const ann = await person('ann', [small, large], { first_name: 'Ann', last_name: 'Lee' })
await person('bob', [small, large])
const cy = await person('cy', [large])
const dan = await person('dan', [large])
const eve = await person('eve', [])
await person('twin', [], { first_name: 'ANN', last_name: 'lee' })
await add.grant(acme, ann, admin)
await add.grant(acme, dan, admin)
await add.alias(acme, ann, 'Desk@acme.example')
await add.alias(acme, eve, 'desk@acme.example')
await add.alias(acme, eve, 'former@acme.example', { valid_to: observedAt })
await add.alias(acme, ann, 'former@acme.example')
await add.member(acme, ann, past, { valid_to: observedAt })
await add.member(acme, eve, past)
await add.member(acme, cy, past)
await person('gone', [], { deleted_at: observedAt })
const hidden = await add.user(retired, 'hidden@acme.example')
const overgrown = await add.group(retired, 'grp_001', 'Small')
await add.member(retired, hidden, overgrown)

const weight = (holders: number) => Math.round(1e9 / Math.log(1 + holders)) / 1e9

function relatedOf(email: string, args = '') {
  return data(
    `{ user(primaryEmail: "${email}@acme.example") { related${args} { user { primaryEmail } score sharedGroups { name } sharedRoles { name } sharedAddresses } } }`,
  )
}

test('related: users are ranked by what they share, and each is returned with everything that is shared', async () => {
  const empty = { sharedGroups: [], sharedRoles: [], sharedAddresses: [] }
  const groups = (...names: string[]) => names.map((name) => ({ name }))
  const of = (name: string) => ({ primaryEmail: `${name}@acme.example` })
  expect(await relatedOf('ann')).toEqual({
    user: {
      related: [
        { ...empty, user: of('bob'), score: weight(2) + weight(4), sharedGroups: groups('Small', 'Large') },
        {
          ...empty,
          user: of('dan'),
          score: weight(4) + weight(2),
          sharedGroups: groups('Large'),
          sharedRoles: groups('ADMINISTRATOR'),
        },
        { ...empty, user: of('eve'), score: weight(2), sharedAddresses: ['Desk@acme.example'] },
        { ...empty, user: of('cy'), score: weight(4), sharedGroups: groups('Large') },
      ].map((one) => ({ ...one, score: expect.closeTo(one.score, 8) })),
    },
  })
})

test.each([
  ['with the kind MEMBER_OF', '(via: [MEMBER_OF])', ['bob', 'cy', 'dan']],
  ['with the kind HOLDS', '(via: [HOLDS])', ['dan']],
  ['with the kind OWNS', '(via: [OWNS])', ['eve']],
  ['with the kind SAME_PERSON', '(via: [SAME_PERSON])', ['eve', 'twin']],
  ['with first: 2', '(first: 2)', ['bob', 'dan']],
  ['with first: 0', '(first: 0)', []],
  ['without kinds', '(via: [])', []],
])('related: a query %s returns only the matching users', async (_what, args, names) => {
  const answer = await data(`{ user(primaryEmail: "ann@acme.example") { related${args} { user { primaryEmail } } } }`)
  expect(answer).toEqual({
    user: { related: names.map((name) => ({ user: { primaryEmail: `${name}@acme.example` } })) },
  })
})

test('related: a deleted user has no related users, and a user of a retired organization is null', async () => {
  const answer = await data(
    `{ users(lifecycle: DELETED) { nodes { related { score } } } nodes(ids: ["${encodeGlobalId('User', hidden)}"]) { ... on User { related { score } } } }`,
  )
  expect(answer).toEqual({ users: { nodes: [{ related: [] }] }, nodes: [null] })
})

test('related: one statement finds the related users of a whole list, and one loads each type', async () => {
  await data('{ users { nodes { id related { score } } } }')
  expect(mirror.statements.length).toBe(2)
  await data(
    '{ users { nodes { id related { user { primaryEmail groups { nodes { name } } } sharedGroups { name members { totalCount } } sharedRoles { name } sharedAddresses } } } }',
  )
  expect(mirror.statements.length).toBe(5)
})

test.each([
  ['related(first: 101)', '`first` must be between 0 and 100 users'],
  ['related(first: -1)', '`first` must be between 0 and 100 users'],
])('related: %s is rejected', async (field, message) => {
  const answer = await ask(`{ user(primaryEmail: "ann@acme.example") { ${field} { score } } }`)
  expect(errorsOf(answer)).toEqual([{ message, code: 'BAD_USER_INPUT', path: ['user', 'related'] }])
})

test('overlaps: groups that share members are ranked by their Jaccard index', async () => {
  const answer = await data(
    '{ groups { nodes { name overlaps { group { name members { totalCount } } shared jaccard } } } }',
  )
  const group = (name: string, totalCount: number) => ({ name, members: { totalCount } })
  expect(answer).toEqual({
    groups: {
      nodes: [
        {
          name: 'Large',
          overlaps: [
            { group: group('Small', 2), shared: 2, jaccard: 0.5 },
            { group: group('Past', 2), shared: 1, jaccard: 0.2 },
          ],
        },
        { name: 'Past', overlaps: [{ group: group('Large', 4), shared: 1, jaccard: 0.2 }] },
        { name: 'Small', overlaps: [{ group: group('Large', 4), shared: 2, jaccard: 0.5 }] },
      ],
    },
  })
  expect(mirror.statements.length).toBe(3)
})

test('overlaps: overlaps(first: 101) is rejected', async () => {
  const answer = await ask('{ group(groupId: "grp_001") { overlaps(first: 101) { shared } } }')
  expect(errorsOf(answer)).toEqual([
    { message: '`first` must be between 0 and 100 groups', code: 'BAD_USER_INPUT', path: ['group', 'overlaps'] },
  ])
})

test('related: the result is null if the relations it needs were not read yet', async () => {
  const unread = await person('unread', [], { groups_at: null })
  const related = async (args: string) => {
    const { node } = await data(
      `query ($id: ID!) { node(id: $id) { ...on User { related${args} { user { id } } } } }`,
      {
        id: encodeGlobalId('User', unread),
      },
    )
    return (node as { related: unknown }).related
  }
  expect(await related('')).toBeNull()
  expect(await related('(via: [MEMBER_OF])')).toBeNull()
  expect(await related('(via: [HOLDS])')).toEqual([])
  expect(await related('(via: [MEMBER_OF], first: 0)')).toEqual([])
})
