import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Filter, holds, type Person } from './harness/filter-model.ts'
import { errorsOf, graph } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const texts = ['', 'a', 'Ann', 'ANN', '100%', '100x', 'a_b', 'aXb', 'c:\\temp', '*']
const times = ['2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000001Z', '2026-03-01T00:00:00.000000Z']
const roleNames = ['USER', 'ADMINISTRATOR', 'Reader']
const groups = [
  { groupId: 'grp_001', name: 'Helpers' },
  { groupId: 'grp_002', name: '100%' },
]
const addresses = ['a@x.example', 'B@y.example', 'a_b@x.example']
const orNull = <T>(values: T[]) => fc.constantFrom(null, ...values)

const people: Person[] = fc
  .sample(
    fc.record({
      primaryEmail: fc.constantFrom('ann', 'Bob', 'a_b', 'axb', '100%'),
      firstName: orNull(texts),
      lastName: orNull(texts),
      type: fc.constantFrom('USER', 'ALIAS'),
      status: orNull(['ACTIVE', 'INACTIVE']),
      createdAt: orNull(times),
      updatedAt: orNull(times),
      roles: fc.option(fc.subarray(roleNames)),
      aliases: fc.option(fc.subarray(addresses)),
      groups: fc.option(fc.subarray(groups)),
      isNamedOnly: fc.boolean(),
    }),
    { numRuns: 60, seed: 7 },
  )
  .map(
    (person, index) =>
      ({ ...person, primaryEmail: `${person.primaryEmail}.${index}@${index % 2 ? 'X' : 'y'}.Example` }) as Person,
  )

const acme = await add.organization('acme')
const roleIds = new Map<string, number>()
for (const name of roleNames) roleIds.set(name, await add.role(acme, name))
const groupIds = new Map<string, number>()
for (const { groupId, name } of groups) groupIds.set(groupId, await add.group(acme, groupId, name))
for (const person of people) {
  const read = (list: unknown[] | null) => (list === null ? { at: null } : { at: '2026-06-01T00:00:00Z' }).at
  const user = await add.user(acme, person.primaryEmail, {
    first_name: person.firstName,
    last_name: person.lastName,
    type: person.type,
    status: person.status,
    created_at: person.createdAt,
    updated_at: person.updatedAt,
    roles_at: read(person.roles),
    aliases_at: read(person.aliases),
    groups_at: read(person.groups),
    unresolved_groups: person.groups && person.isNamedOnly ? ['Unknown group'] : null,
  })
  const over = { valid_to: '2026-06-02T00:00:00Z' }
  for (const name of roleNames) {
    await add.grant(acme, user, roleIds.get(name) ?? 0, person.roles?.includes(name) ? {} : over)
  }
  for (const address of addresses) await add.alias(acme, user, address, person.aliases?.includes(address) ? {} : over)
  for (const { groupId } of groups) {
    const isMember = person.groups?.some((group) => group.groupId === groupId)
    await add.member(acme, user, groupIds.get(groupId) ?? 0, isMember ? {} : over)
  }
}

const text = fc.constantFrom(
  ...texts,
  ...roleNames,
  ...addresses,
  'grp_001',
  'HELPERS',
  'x.example',
  'ann.',
  '@y',
  '%',
  '_',
  '\\',
)
const stringFilter = fc.record(
  { eq: fc.option(text), in: fc.array(text, { maxLength: 3 }), startsWith: text, endsWith: text, contains: text },
  { requiredKeys: [] },
)
const span = fc.record(
  { gte: fc.option(fc.constantFrom(...times)), lt: fc.constantFrom(...times) },
  { requiredKeys: [] },
)
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(
      ...(['primaryEmail', 'firstName', 'lastName', 'domain', 'alias', 'role'] as const).map((key) =>
        stringFilter.map((inner) => ({ [key]: inner })),
      ),
      fc
        .record({ groupId: fc.option(stringFilter), name: stringFilter }, { requiredKeys: [] })
        .map((group) => ({ group })),
      fc.constantFrom('USER', 'ALIAS').map((type) => ({ type })),
      fc.constantFrom('ACTIVE', 'INACTIVE', null).map((status) => ({ status })),
      ...(['privileged', 'hasGroups', 'hasAliases', 'relationsKnown'] as const).map((key) =>
        fc.boolean().map((want) => ({ [key]: want })),
      ),
      span.map((createdAt) => ({ createdAt })),
      span.map((updatedAt) => ({ updatedAt })),
    ) as fc.Arbitrary<Filter>,
    fc.array(tie('filter'), { maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('filter'), { maxLength: 3 }).map((or) => ({ or })),
    tie('filter').map((not) => ({ not })),
    fc.tuple(tie('filter'), tie('filter')).map(([a, b]) => ({ ...a, ...b })),
  ),
}))

const question = `query ($filter: UserFilter) { users(first: 500, filter: $filter) { totalCount nodes { primaryEmail } } }`
interface Answer {
  totalCount: number
  nodes: { primaryEmail: string }[]
}

async function matching(filter: Filter): Promise<string[]> {
  const { users } = (await mirror.data(question, { filter })) as { users: Answer }
  expect(users.totalCount).toBe(users.nodes.length)
  return users.nodes.map(({ primaryEmail }) => primaryEmail).toSorted()
}

test('filter: any combination of predicates selects exactly the users for which it is known to be true', async () => {
  await fc.assert(
    fc.asyncProperty(anyFilter, async (filter) => {
      const expected = people.filter((person) => holds(person, filter) === true)
      expect(await matching(filter)).toEqual(expected.map(({ primaryEmail }) => primaryEmail).toSorted())
    }),
    { numRuns: 400 },
  )
})

test('filter: unknown values match neither a predicate nor its negation', async () => {
  const unread = people.filter(({ groups }) => groups === null).length
  const either = [...(await matching({ hasGroups: true })), ...(await matching({ not: { hasGroups: true } }))]
  expect(unread).toBeGreaterThan(0)
  expect(either.length).toBe(people.length - unread)
})

test.each([
  ['an empty filter', {}],
  ['null', null],
  ['a filter whose fields are null', { firstName: null, status: null, group: null, not: null, and: null, or: null }],
  ['empty field filters', { firstName: {}, createdAt: {} }],
  ['an empty `and`', { and: [] }],
])('filter: every user is matched by %s', async (_name, filter) => {
  expect((await matching(filter as Filter)).length).toBe(people.length)
})

test.each([
  ['an empty `or`', { or: [] }],
  ['an empty `in`', { primaryEmail: { in: [] } }],
  ['the negation of an empty filter', { not: {} }],
])('filter: no user is matched by %s', async (_name, filter) => {
  expect(await matching(filter)).toEqual([])
})

const deep = (levels: number): Filter => (levels === 1 ? { hasGroups: true } : { not: deep(levels - 1) })

describe('filter limits', () => {
  test.each([
    ['more than 10 levels', deep(11), '`filter` exceeds the limit of 10 levels'],
    ['more than 200 filters', { or: Array(200).fill({}) }, '`filter` exceeds the limit of 200 filters'],
    ['too long a string', { role: { eq: 'x'.repeat(1001) } }, '`eq` exceeds the limit of 1000 characters'],
    ['too long a list', { role: { in: Array(501).fill('x') } }, '`in` exceeds the limit of 500 values'],
    ['NUL in a string', { alias: { in: ['a\0b'] } }, '`in` must not contain the character NUL'],
    ['NUL in a pattern', { domain: { contains: '\0' } }, '`contains` must not contain the character NUL'],
  ])('filter: a filter with %s is rejected', async (_name, filter, message) => {
    for (const around of ['', 'organization ']) {
      const field = 'users(filter: $filter) { totalCount nodes { id } }'
      const answer = await mirror.ask(
        `query ($filter: UserFilter) { ${around ? `organization { ${field} }` : field} }`,
        { filter },
      )
      const path = around ? ['organization', 'users'] : ['users']
      expect(errorsOf(answer)).toEqual([{ message, code: 'BAD_USER_INPUT', path }])
    }
  })

  test('filter: a filter of the maximum depth or size is accepted', async () => {
    expect(await matching(deep(10))).toBeInstanceOf(Array)
    expect((await matching({ or: Array(199).fill({}) })).length).toBe(people.length)
  })
})

describe('group filter', () => {
  const ask = async (filter: object): Promise<string[]> => {
    const data = await mirror.data('query ($filter: GroupFilter) { groups(filter: $filter) { nodes { groupId } } }', {
      filter,
    })
    return (data.groups as { nodes: { groupId: string }[] }).nodes.map(({ groupId }) => groupId)
  }

  test('group filter: names and ids are matched case-insensitively', async () => {
    expect(await ask({ name: { eq: 'HELPERS' } })).toEqual(['grp_001'])
    expect(await ask({ not: { groupId: { endsWith: '1' } } })).toEqual(['grp_002'])
  })

  test('group filter: whether a group without known members is empty is unknown until all users are read', async () => {
    const empty = await add.group(acme, 'grp_empty', 'Empty')
    expect(await ask({ empty: true })).toEqual([])
    expect(await ask({ empty: false })).toEqual(['grp_002', 'grp_001'])
    expect(await ask({ not: { empty: true } })).toEqual(['grp_002', 'grp_001'])
    await mirror.sql`update users set groups_at = now()`
    expect(await ask({ empty: true })).toEqual(['grp_empty'])
    await mirror.sql`update users set unresolved_groups = '{Empty}' where id = (select min(id) from users)`
    expect(await ask({ empty: true })).toEqual([])
    expect(await ask({ not: { empty: false } })).toEqual([])
    await mirror.sql`update users set unresolved_groups = null`
    expect(await ask({ not: { empty: true } })).toEqual(['grp_002', 'grp_001'])
    await mirror.sql`delete from groups where id = ${empty}`
  })
})

test('alias filter: addresses and domains are matched case-insensitively', async () => {
  const ask = async (filter: object): Promise<string[]> => {
    const data = await mirror.data(
      'query ($filter: AliasFilter) { aliases(filter: $filter, first: 500) { nodes { address } } }',
      { filter },
    )
    return [...new Set((data.aliases as { nodes: { address: string }[] }).nodes.map(({ address }) => address))]
  }
  expect(await ask({})).toEqual(['a@x.example', 'a_b@x.example', 'B@y.example'])
  expect(await ask({ address: { startsWith: 'A_' } })).toEqual(['a_b@x.example'])
  expect(await ask({ domain: { eq: 'Y.EXAMPLE' } })).toEqual(['B@y.example'])
})
